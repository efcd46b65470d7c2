import { momentOf, pairOf } from '../core/formats.ts';
import { monthOf, ratingsOf } from '../core/opinions.ts';
import type { Call, Plan, Provider, Reply } from '../core/provider.ts';

const RESOLUTIONS: Readonly<Record<string, number>> = {
  '1': 60_000,
  '5': 300_000,
  '15': 900_000,
  '30': 1_800_000,
  '60': 3_600_000,
  D: 86_400_000,
};

/** Finnhub (providers.md section 11): one symbol a call, 60 a minute for free and never more than 30 a second. */
export const finnhub: Provider = {
  id: 'finnhub',
  basePath: '/api/v1',
  latencyMedianMs: 80,
  lagMs: 200,
  plans: { free: planOf(60, 0), premium: planOf(300, 50) },
  routes: [
    { name: 'quote', method: 'GET', path: '/quote', answer: quoteReply },
    { name: 'recommendation', method: 'GET', path: '/stock/recommendation', answer: recommendationReply },
    { name: 'candle', method: 'GET', path: '/stock/candle', answer: candleReply },
    { name: 'candle', method: 'GET', path: '/crypto/candle', answer: candleReply },
  ],
  key: ({ headers, query }) => headers['x-finnhub-token'] ?? query.get('token'),
  needsKey: () => true,
  refuse(refusal) {
    switch (refusal.kind) {
      case 'limit':
      case 'quota':
      case 'ban':
        return {
          status: 429,
          body: { error: 'API limit reached. Please try again later. Remaining Limit: 0' },
        };
      case 'auth':
        return { status: 401, body: { error: 'Invalid API key' } };
      case 'noRoute':
        return { status: 404, body: '<a href="/">Not Found</a>', headers: { 'content-type': 'text/html' } };
      case 'down':
        return { status: 502, body: { error: 'Bad gateway' } };
    }
  },
  headers([, minute]) {
    return {
      'x-ratelimit-limit': String(minute?.limit.max),
      'x-ratelimit-remaining': String(minute?.remaining),
      'x-ratelimit-reset': String(Math.ceil((minute?.resetAtMs ?? 0) / 1_000)),
    };
  },
};

function planOf(perMinute: number, usdPerMonth: number): Plan {
  const shared = { counting: 'sliding', unit: 'requests', refusal: 'limit' } as const;
  const limits = [
    { ...shared, name: 'second', max: 30, windowMs: 1_000 },
    { ...shared, name: 'minute', max: perMinute, windowMs: 60_000 },
  ];
  return { limits, usdPerMonth };
}

function idOf(symbol: string): string {
  return symbol.startsWith('BINANCE:') ? (pairOf(symbol.slice('BINANCE:'.length)) ?? symbol) : symbol;
}

/** An unknown symbol is a quote of zeros. The answer names no symbol. */
function quoteReply({ look, request }: Call): Reply {
  const id = look.subject(idOf(request.query.get('symbol') ?? ''));
  const quote = id === null ? null : look.quote(id);
  const day = id === null ? null : look.day(id);
  if (quote === null || day === null) {
    return { status: 200, body: { c: 0, d: null, dp: null, h: 0, l: 0, o: 0, pc: 0, t: 0 } };
  }
  const { price, eventAtMs } = quote;
  const body = {
    c: price,
    d: price - day.previousClose,
    dp: (price / day.previousClose - 1) * 100,
    h: Math.max(day.bar?.high ?? price, price),
    l: Math.min(day.bar?.low ?? price, price),
    o: day.bar?.open ?? price,
    pc: day.previousClose,
    t: Math.floor(eventAtMs / 1_000),
  };
  return { status: 200, body };
}

/** Newest month only; nobody rates what is unknown. */
function recommendationReply({ look, request }: Call): Reply {
  const id = look.subject(request.query.get('symbol') ?? '');
  if (id === null || id.includes('-')) return { status: 200, body: [] };
  const period = new Date(monthOf(look, id)).toISOString().slice(0, 10);
  return { status: 200, body: [{ ...ratingsOf(look, id), period, symbol: id }] };
}

function candleReply({ look, plan, request }: Call): Reply {
  if (plan === 'free') return { status: 403, body: { error: "You don't have access to this resource." } };
  const { query } = request;
  const id = look.subject(idOf(query.get('symbol') ?? ''));
  const intervalMs = RESOLUTIONS[query.get('resolution') ?? ''];
  const [fromMs, toMs] = [momentOf(query.get('from'), 1_000), momentOf(query.get('to'), 1_000)];
  if (intervalMs === undefined || fromMs === null || toMs === null) {
    return { status: 422, body: { error: 'Wrong parameters.' } };
  }
  const bars = id === null ? [] : look.bars(id, intervalMs, fromMs, toMs + intervalMs);
  if (bars.length === 0) return { status: 200, body: { s: 'no_data' } };
  const body = {
    s: 'ok',
    t: bars.map(({ openAtMs }) => openAtMs / 1_000),
    o: bars.map(({ open }) => open),
    h: bars.map(({ high }) => high),
    l: bars.map(({ low }) => low),
    c: bars.map(({ close }) => close),
    v: bars.map(({ volume }) => volume),
  };
  return { status: 200, body };
}
