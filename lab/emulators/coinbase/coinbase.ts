import type { Call, Provider, Reply } from '../core/provider.ts';
import { exchangeCandles } from './candles.ts';
import { type Found, found, sizeOf } from './product.ts';

/** Coinbase Exchange, public market data (providers.md section 8). */
export const coinbase: Provider = {
  id: 'coinbase',
  basePath: '',
  latencyMedianMs: 60,
  lagMs: 80,
  plans: {
    /** Ten a second per IP, fifteen in a burst. */
    free: {
      limits: [
        { name: 'second', max: 15, windowMs: 1_500, counting: 'bucket', unit: 'requests', refusal: 'limit' },
      ],
      usdPerMonth: 0,
    },
  },
  routes: [
    { name: 'ticker', method: 'GET', path: '/products/:product/ticker', answer: ticker },
    { name: 'stats', method: 'GET', path: '/products/:product/stats', answer: stats },
    { name: 'candles', method: 'GET', path: '/products/:product/candles', answer: exchangeCandles },
  ],
  key: () => null,
  needsKey: () => false,
  refuse(refusal) {
    switch (refusal.kind) {
      case 'limit':
      case 'quota':
      case 'ban':
        return { status: 429, body: { message: 'Public rate limit exceeded' } };
      case 'auth':
        return { status: 401, body: { message: 'Unauthorized.' } };
      case 'noRoute':
        return { status: 404, body: { message: 'NotFound' } };
      case 'down':
        return { status: 500, body: { message: 'Internal server error' } };
    }
  },
};

/** The Exchange wants to know who asks. */
function exchange(call: Call, answer: (product: Found) => unknown): Reply {
  if (!call.request.headers['user-agent']) {
    return { status: 400, body: { message: 'User-Agent header is required.' } };
  }
  const product = found(call, call.params.product as string);
  if (product === null) return { status: 404, body: { message: 'NotFound' } };
  return { status: 200, body: answer(product) };
}

function ticker(call: Call): Reply {
  return exchange(call, ({ id, quote }) => ({
    ask: String(quote.ask),
    bid: String(quote.bid),
    volume: (call.look.day(id)?.bar?.volume ?? 0).toFixed(8),
    trade_id: Math.floor(quote.eventAtMs / 5_000),
    price: String(quote.price),
    size: sizeOf(call, id),
    time: new Date(quote.eventAtMs).toISOString(),
  }));
}

function stats(call: Call): Reply {
  return exchange(call, ({ id, quote }) => {
    const day = call.look.day(id)?.bar ?? null;
    return {
      open: String(day?.open ?? quote.price),
      high: String(day?.high ?? quote.price),
      low: String(day?.low ?? quote.price),
      last: String(quote.price),
      volume: (day?.volume ?? 0).toFixed(8),
    };
  });
}
