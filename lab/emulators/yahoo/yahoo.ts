import { commaList } from '../core/formats.ts';
import { ratingsOf } from '../core/opinions.ts';
import type { Call, Provider, Reply } from '../core/provider.ts';
import { chartReply } from './chart.ts';
import { idOf, symbolOf } from './symbols.ts';

const CRUMB = 'L4bCrumb.x1';
const SESSION_PATHS = ['/v7/finance/quote', '/v10/finance/quoteSummary/'] as const;
const HOUR_MS = 3_600_000;
/** No trade for this long: the page calls the market closed. */
const QUIET_MS = 120_000;

/** Yahoo Finance, unofficial: chart without a crumb, quote with one (providers.md section 3). */
export const yahoo: Provider = {
  id: 'yahoo',
  basePath: '',
  latencyMedianMs: 90,
  lagMs: 400,
  plans: {
    /** Nothing is published; this is what people report to get away with. */
    free: {
      limits: [
        {
          name: 'hour',
          max: 2_000,
          windowMs: HOUR_MS,
          counting: 'sliding',
          unit: 'requests',
          refusal: 'limit',
        },
      ],
      usdPerMonth: 0,
    },
  },
  routes: [
    { name: 'chart', method: 'GET', path: '/v8/finance/chart/:symbol', answer: chartReply },
    { name: 'quote', method: 'GET', path: '/v7/finance/quote', answer: quoteReply },
    { name: 'quoteSummary', method: 'GET', path: '/v10/finance/quoteSummary/:symbol', answer: summaryReply },
    { name: 'crumb', method: 'GET', path: '/v1/test/getcrumb', answer: () => ({ status: 200, body: CRUMB }) },
  ],
  key: (request) => request.query.get('crumb'),
  needsKey: (request) => SESSION_PATHS.some((path) => request.path.startsWith(path)),
  refuse(refusal) {
    switch (refusal.kind) {
      case 'limit':
      case 'quota':
      case 'ban':
        return { status: 429, body: 'Edge: Too Many Requests', headers: { 'content-type': 'text/html' } };
      case 'auth':
        return unauthorized();
      case 'noRoute':
        return { status: 404, body: notFound('finance', 'HTTP 404 Not Found') };
      case 'down':
        return {
          status: 502,
          body: '<html><body>502 Bad Gateway</body></html>',
          headers: { 'content-type': 'text/html' },
        };
    }
  },
};

function notFound(root: string, description: string) {
  return { [root]: { result: null, error: { code: 'Not Found', description } } };
}

function unauthorized(): Reply {
  const error = { code: 'Unauthorized', description: 'Invalid Crumb' };
  return { status: 401, body: { finance: { result: null, error } } };
}

/** Analyst ratings of the running month; coins have none. */
function summaryReply({ look, params }: Call): Reply {
  const id = look.subject(idOf(params.symbol as string));
  if (id === null || id.includes('-')) {
    const description = `No fundamentals data found for symbol: ${params.symbol}`;
    return { status: 404, body: notFound('quoteSummary', description) };
  }
  const trend = [{ period: '0m', ...ratingsOf(look, id) }];
  const recommendationTrend = { trend, maxAge: 86_400 };
  return { status: 200, body: { quoteSummary: { result: [{ recommendationTrend }], error: null } } };
}

function quoteReply(call: Call): Reply {
  const { request, look } = call;
  const result: unknown[] = [];
  for (const symbol of commaList(request.query.get('symbols'))) {
    const id = look.subject(idOf(symbol));
    const quote = id === null ? null : look.quote(id);
    const day = id === null ? null : look.day(id);
    if (id === null || quote === null || day === null) continue;
    const closed = look.dataAtMs(id) - quote.eventAtMs > QUIET_MS;
    const { price } = quote;
    result.push({
      language: 'en-US',
      region: 'US',
      quoteType: id.includes('-') ? 'CRYPTOCURRENCY' : 'EQUITY',
      currency: id.split('-')[1] ?? 'USD',
      marketState: closed ? 'CLOSED' : 'REGULAR',
      regularMarketPrice: price,
      regularMarketTime: Math.floor(quote.eventAtMs / 1_000),
      regularMarketPreviousClose: day.previousClose,
      regularMarketChangePercent: (price / day.previousClose - 1) * 100,
      regularMarketVolume: Math.round(day.bar?.volume ?? 0),
      bid: quote.bid,
      ask: quote.ask,
      exchangeDataDelayedBy: 0,
      sourceInterval: 15,
      symbol: symbolOf(id),
    });
  }
  const headers = { 'cache-control': 'public, max-age=1, stale-while-revalidate=9' };
  return { status: 200, body: { quoteResponse: { result, error: null } }, headers };
}
