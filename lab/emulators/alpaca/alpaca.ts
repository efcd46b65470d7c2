import type { Bar } from '../../../src/index.ts';
import { commaList, newYorkTime, rfc3339 } from '../core/formats.ts';
import type { Look } from '../core/look.ts';
import type { Call, Provider, Reply, Route } from '../core/provider.ts';
import { barRow, barsReply } from './bars.ts';
import { ALPACA_MARKETS, type AlpacaMarket, idOf, malformedSymbol, symbolOf } from './symbols.ts';

const MINUTE_MS = 60_000;

/** Alpaca Market Data: stocks v2 and crypto v1beta3 (providers.md section 1). Keys for stocks only. */
export const alpaca: Provider = {
  id: 'alpaca',
  basePath: '',
  latencyMedianMs: 40,
  lagMs: 150,
  plans: {
    free: { limits: [perMinute(200)], usdPerMonth: 0 },
    plus: { limits: [perMinute(10_000)], usdPerMonth: 99 },
  },
  routes: ALPACA_MARKETS.flatMap(routesOf),
  key: (request) => request.headers['apca-api-key-id'] ?? null,
  needsKey: (request) => request.path.startsWith('/v2/'),
  refuse(refusal) {
    switch (refusal.kind) {
      case 'limit':
      case 'quota':
      case 'ban':
        return { status: 429, body: { message: 'too many requests.' } };
      case 'auth':
        return { status: 403, body: { message: 'forbidden.' } };
      case 'noRoute':
        return { status: 404, body: { message: 'endpoint not found.' } };
      case 'down':
        return { status: 500, body: { message: 'internal server error' } };
    }
  },
  headers([minute]) {
    return {
      'x-ratelimit-limit': String(minute?.limit.max),
      'x-ratelimit-remaining': String(minute?.remaining),
      'x-ratelimit-reset': String(Math.ceil((minute?.resetAtMs ?? 0) / 1_000)),
    };
  },
};

function perMinute(max: number) {
  return {
    name: 'minute',
    max,
    windowMs: MINUTE_MS,
    counting: 'fixed',
    unit: 'requests',
    refusal: 'limit',
  } as const;
}

function routesOf(market: AlpacaMarket): Route[] {
  const { name, root } = market;
  const many = (answer: (call: Call, symbol: string, id: string) => unknown, wrap: string | null) => {
    return (call: Call): Reply => {
      const symbols = commaList(call.request.query.get('symbols'));
      const refused = symbols.length === 0 ? badRequest('symbols is required') : malformed(market, symbols);
      if (refused !== null) return refused;
      const found: Record<string, unknown> = {};
      for (const symbol of symbols) {
        const id = call.look.subject(idOf(market, symbol));
        const value = id === null ? null : answer(call, symbol, id);
        if (id !== null && value !== null) found[symbolOf(market, id)] = value;
      }
      return { status: 200, body: wrap === null ? found : { [wrap]: found } };
    };
  };
  const latest = (call: Call, _: string, id: string) =>
    call.look.lastBars(id, MINUTE_MS, 1).map(barRow)[0] ?? null;
  const trade = (call: Call, _: string, id: string) => tradeOf(market, call.look, id);
  const quote = (call: Call, _: string, id: string) => quoteOf(market, call.look, id);
  const path = (rest: string) => `${root}/${rest}`;
  const newest = (what: string) => path(name === 'stocks' ? `${what}/latest` : `latest/${what}`);
  const snapshot = (call: Call, _: string, id: string) => snapshotOf(market, call.look, id);
  const snapshotsWrap = name === 'stocks' ? null : 'snapshots';
  const routes: Route[] = [
    {
      name: `${name}/snapshots`,
      method: 'GET',
      path: path('snapshots'),
      answer: many(snapshot, snapshotsWrap),
    },
    { name: `${name}/latest-trades`, method: 'GET', path: newest('trades'), answer: many(trade, 'trades') },
    { name: `${name}/latest-quotes`, method: 'GET', path: newest('quotes'), answer: many(quote, 'quotes') },
    { name: `${name}/latest-bars`, method: 'GET', path: newest('bars'), answer: many(latest, 'bars') },
    { name: `${name}/bars`, method: 'GET', path: path('bars'), answer: (call) => manyBars(market, call) },
  ];
  if (name === 'crypto') return routes;
  return [
    ...routes,
    {
      name: 'stocks/snapshot',
      method: 'GET',
      path: path(':symbol/snapshot'),
      answer: (call) => oneSnapshot(market, call),
    },
  ];
}

function manyBars(market: AlpacaMarket, call: Call): Reply {
  const symbols = commaList(call.request.query.get('symbols'));
  if (symbols.length === 0) return badRequest('symbols is required');
  return malformed(market, symbols) ?? barsReply(market, call, symbols);
}

function oneSnapshot(market: AlpacaMarket, call: Call): Reply {
  const symbol = call.params.symbol as string;
  const refused = malformed(market, [symbol]);
  if (refused !== null) return refused;
  const id = call.look.subject(idOf(market, symbol));
  const body = id === null ? null : snapshotOf(market, call.look, id);
  if (id === null || body === null)
    return { status: 404, body: { code: 40410000, message: 'resource not found' } };
  return { status: 200, body: { symbol: symbolOf(market, id), ...body } };
}

function malformed(market: AlpacaMarket, symbols: readonly string[]): Reply | null {
  const bad = malformedSymbol(market, symbols);
  return bad === null ? null : badRequest(`code=400, message=invalid symbol: ${bad}`);
}

function badRequest(message: string): Reply {
  return { status: 400, body: { message } };
}

function snapshotOf(market: AlpacaMarket, look: Look, id: string) {
  const trade = tradeOf(market, look, id);
  if (trade === null) return null;
  const [minute] = look.lastBars(id, MINUTE_MS, 1);
  const day = look.day(id)?.bar ?? null;
  return {
    latestTrade: trade,
    latestQuote: quoteOf(market, look, id),
    ...(minute !== undefined && { minuteBar: barRow(minute) }),
    ...(day !== null && { dailyBar: dayRow(market, day) }),
  };
}

/** A stock's day begins at midnight in New York, a coin's at midnight UTC. */
function dayRow(market: AlpacaMarket, day: Bar) {
  if (market.name === 'crypto') return barRow(day);
  const noonMs = day.openAtMs + 12 * 3_600_000;
  const localHour = Number(newYorkTime(noonMs).slice(11, 13));
  return barRow({ ...day, openAtMs: day.openAtMs + (12 - localHour) * 3_600_000 });
}

function tradeOf(market: AlpacaMarket, look: Look, id: string) {
  const quote = look.quote(id);
  if (quote === null) return null;
  const trade = {
    t: rfc3339(quote.eventAtMs),
    p: quote.price,
    s: 1 + Math.floor(200 * look.chance(id, 1, 5_000)),
  };
  const number = Math.floor(quote.eventAtMs / 5_000);
  return market.name === 'crypto'
    ? { ...trade, tks: look.chance(id, 2, 5_000) < 0.5 ? 'B' : 'S', i: number }
    : { ...trade, x: 'V', c: ['@'], i: number, z: 'C' };
}

function quoteOf(market: AlpacaMarket, look: Look, id: string) {
  const quote = look.quote(id);
  if (quote === null) return null;
  const size = 100 + Math.floor(400 * look.chance(id, 3, 5_000));
  const both = { t: rfc3339(quote.eventAtMs), bp: quote.bid, bs: size, ap: quote.ask, as: 600 - size };
  return market.name === 'crypto' ? both : { ...both, bx: 'V', ax: 'V', c: ['R'], z: 'C' };
}
