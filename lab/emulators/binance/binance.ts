import type { MarketPrice } from '../../market/market.ts';
import { pairOf } from '../core/formats.ts';
import type { Call, Provider, Reply } from '../core/provider.ts';
import type { LabRequest } from '../core/wire.ts';
import { klinesReply } from './klines.ts';
import { askedSymbols, badRequest, invalidSymbol } from './symbols.ts';

/** Binance spot market data (providers.md section 7): keyless, limits by weight, bans. */
export const binance: Provider = {
  id: 'binance',
  basePath: '',
  latencyMedianMs: 60,
  lagMs: 50,
  plans: {
    free: {
      limits: [
        { name: 'weight', max: 6_000, windowMs: 60_000, counting: 'fixed', unit: 'weight', refusal: 'limit' },
        {
          name: 'raw',
          max: 61_000,
          windowMs: 300_000,
          counting: 'fixed',
          unit: 'requests',
          refusal: 'limit',
        },
      ],
      usdPerMonth: 0,
    },
  },
  ban: { afterOverLimit: 10, banMs: 120_000 },
  routes: [
    { name: 'ping', method: 'GET', path: '/api/v3/ping', answer: () => ({ status: 200, body: {} }) },
    {
      name: 'time',
      method: 'GET',
      path: '/api/v3/time',
      answer: ({ nowMs }) => ({ status: 200, body: { serverTime: nowMs } }),
    },
    {
      name: 'ticker/price',
      method: 'GET',
      path: '/api/v3/ticker/price',
      weight: (r) => (one(r) ? 2 : 4),
      answer: tickers(priceRow),
    },
    {
      name: 'ticker/bookTicker',
      method: 'GET',
      path: '/api/v3/ticker/bookTicker',
      weight: (r) => (one(r) ? 2 : 4),
      answer: tickers(bookRow),
    },
    {
      name: 'ticker/24hr',
      method: 'GET',
      path: '/api/v3/ticker/24hr',
      weight: dayWeight,
      answer: tickers(dayRow),
    },
    { name: 'klines', method: 'GET', path: '/api/v3/klines', weight: () => 2, answer: klinesReply },
  ],
  key: () => null,
  needsKey: () => false,
  refuse(refusal) {
    switch (refusal.kind) {
      case 'limit':
      case 'quota': {
        const msg = `Too much request weight used; current limit is ${refusal.limit.max} request weight per 1 MINUTE. Please use WebSocket Streams for live updates to avoid polling the API.`;
        return { status: 429, body: { code: -1003, msg }, headers: retryAfter(refusal.retryAfterMs) };
      }
      case 'ban': {
        const msg =
          'Way too much request weight used; IP banned. Please use WebSocket Streams for live updates to avoid bans.';
        return { status: 418, body: { code: -1003, msg }, headers: retryAfter(refusal.retryAfterMs) };
      }
      case 'auth':
        return { status: 401, body: { code: -2015, msg: 'Invalid API-key, IP, or permissions for action.' } };
      case 'noRoute':
        return { status: 404, body: '<html><body><h2>404 Not found</h2></body></html>' };
      case 'down':
        return {
          status: 503,
          body: { code: -1001, msg: 'Internal error; unable to process your request. Please try again.' },
        };
    }
  },
  headers([weight]) {
    const used = String(weight?.used ?? 0);
    return { 'x-mbx-used-weight': used, 'x-mbx-used-weight-1m': used };
  },
};

function retryAfter(ms: number) {
  return { 'retry-after': String(Math.ceil(ms / 1_000)) };
}

function one(request: LabRequest): boolean {
  return request.query.has('symbol');
}

/** 2 up to 20 symbols, 40 up to 100, 80 beyond. */
function dayWeight(request: LabRequest): number {
  const count = one(request)
    ? 1
    : (askedSymbols(request.query.get('symbols'))?.length ?? Number.POSITIVE_INFINITY);
  return count <= 20 ? 2 : count <= 100 ? 40 : 80;
}

type Row = (call: Call, id: string, symbol: string, quote: MarketPrice) => unknown;

/** One symbol answers an object, a list an array in its order; one unknown symbol fails the whole call. */
function tickers(row: Row) {
  return (call: Call): Reply => {
    const single = call.request.query.get('symbol');
    const symbols = single !== null ? [single] : askedSymbols(call.request.query.get('symbols'));
    if (symbols === null) return badRequest(-1100, "Illegal characters found in parameter 'symbols'.");
    if (new Set(symbols).size < symbols.length) {
      return badRequest(-1151, 'Symbol is present multiple times in the list.');
    }
    const rows: unknown[] = [];
    for (const symbol of symbols) {
      const id = call.look.subject(pairOf(symbol) ?? symbol);
      const quote = id === null ? null : call.look.quote(id);
      if (id === null || quote === null || !id.includes('-')) return invalidSymbol();
      rows.push(row(call, id, id.replace('-', ''), quote));
    }
    return { status: 200, body: single === null ? rows : rows[0] };
  };
}

/** Carries no time at all. */
function priceRow(_: Call, __: string, symbol: string, quote: MarketPrice) {
  return { symbol, price: quote.price.toFixed(8) };
}

function bookRow({ look }: Call, id: string, symbol: string, quote: MarketPrice) {
  const quantity = (0.01 + look.chance(id, 1, 5_000)).toFixed(8);
  return {
    symbol,
    bidPrice: quote.bid.toFixed(8),
    bidQty: quantity,
    askPrice: quote.ask.toFixed(8),
    askQty: quantity,
  };
}

function dayRow({ look, request }: Call, id: string, symbol: string, quote: MarketPrice) {
  const { price, eventAtMs } = quote;
  const day = look.day(id)?.bar ?? { open: price, high: price, low: price, volume: 0 };
  const mini = {
    symbol,
    openPrice: day.open.toFixed(8),
    highPrice: Math.max(day.high, price).toFixed(8),
    lowPrice: Math.min(day.low, price).toFixed(8),
    lastPrice: price.toFixed(8),
    volume: day.volume.toFixed(8),
    quoteVolume: (day.volume * price).toFixed(8),
    openTime: eventAtMs - 86_400_000,
    closeTime: eventAtMs,
    firstId: 1,
    lastId: Math.floor(eventAtMs / 5_000),
    count: Math.floor(eventAtMs / 5_000),
  };
  if (request.query.get('type') === 'MINI') return mini;
  return {
    ...mini,
    priceChange: (price - day.open).toFixed(8),
    priceChangePercent: ((price / day.open - 1) * 100).toFixed(3),
    bidPrice: quote.bid.toFixed(8),
    askPrice: quote.ask.toFixed(8),
  };
}
