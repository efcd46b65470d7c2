import type { LabLimit } from '../core/limit-gate.ts';
import type { Provider, Reply } from '../core/provider.ts';
import { chartReply, ohlcReply } from './history.ts';
import { marketsReply, simplePriceReply } from './prices.ts';

/** CoinGecko (providers.md section 10): a minute old on the free plan, every call counts. */
export const coingecko: Provider = {
  id: 'coingecko',
  basePath: '/api/v3',
  latencyMedianMs: 120,
  lagMs: 10_000,
  plans: {
    free: { limits: limitsOf(30, 10_000), usdPerMonth: 0, lagMs: 60_000 },
    basic: { limits: limitsOf(250, 100_000), usdPerMonth: 35 },
  },
  routes: [
    { name: 'simple/price', method: 'GET', path: '/simple/price', answer: simplePriceReply },
    { name: 'coins/markets', method: 'GET', path: '/coins/markets', answer: marketsReply },
    { name: 'coins/ohlc', method: 'GET', path: '/coins/:id/ohlc', answer: ohlcReply },
    { name: 'coins/market_chart', method: 'GET', path: '/coins/:id/market_chart', answer: chartReply },
  ],
  key: ({ headers, query }) =>
    headers['x-cg-demo-api-key'] ?? headers['x-cg-pro-api-key'] ?? query.get('x_cg_demo_api_key'),
  needsKey(request) {
    return this.key(request) !== null;
  },
  refuse(refusal) {
    switch (refusal.kind) {
      case 'limit':
      case 'quota':
      case 'ban': {
        const headers = { 'retry-after': String(Math.max(1, Math.ceil(refusal.retryAfterMs / 1_000))) };
        const message =
          "You've exceeded the Rate Limit. Please visit https://www.coingecko.com/en/api/pricing to subscribe to our API plans for higher rate limits.";
        return { ...statusReply(429, 429, message), headers };
      }
      case 'auth':
        return statusReply(
          401,
          10_002,
          'API Key Missing. Please make sure you are using the right authentication method.',
        );
      case 'noRoute':
        return { status: 404, body: { error: 'Incorrect path. Please check https://docs.coingecko.com' } };
      case 'down':
        return statusReply(503, 503, 'Service Unavailable');
    }
  },
};

function limitsOf(perMinute: number, perMonth: number): LabLimit[] {
  const shared = { counting: 'fixed', unit: 'requests' } as const;
  return [
    { ...shared, name: 'minute', max: perMinute, windowMs: 60_000, refusal: 'limit' },
    { ...shared, name: 'month', max: perMonth, windowMs: 30 * 86_400_000, refusal: 'quota' },
  ];
}

function statusReply(status: number, code: number, message: string): Reply {
  return { status, body: { status: { error_code: code, error_message: message } } };
}
