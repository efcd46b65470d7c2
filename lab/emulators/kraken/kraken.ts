import type { Bar } from '../../../src/index.ts';
import { commaList, momentOf } from '../core/formats.ts';
import type { Call, Provider, Reply } from '../core/provider.ts';
import { idOf, replyKeyOf } from './symbols.ts';

const ROWS_MAX = 720;
const INTERVAL_MINUTES = [1, 5, 15, 30, 60, 240, 1_440];

/** Kraken spot (providers.md section 9): keyless, everything is a 200, about one call a second with a burst of 30. */
export const kraken: Provider = {
  id: 'kraken',
  basePath: '',
  latencyMedianMs: 90,
  lagMs: 120,
  plans: {
    free: {
      limits: [
        { name: 'second', max: 30, windowMs: 30_000, counting: 'bucket', unit: 'requests', refusal: 'limit' },
      ],
      usdPerMonth: 0,
    },
  },
  routes: [
    { name: 'Time', method: 'GET', path: '/0/public/Time', answer: timeReply },
    { name: 'Ticker', method: 'GET', path: '/0/public/Ticker', answer: tickerReply },
    { name: 'OHLC', method: 'GET', path: '/0/public/OHLC', answer: ohlcReply },
  ],
  key: () => null,
  needsKey: () => false,
  refuse(refusal) {
    switch (refusal.kind) {
      case 'limit':
      case 'quota':
        return errors('EGeneral:Too many requests');
      case 'ban':
        return errors('EGeneral:Temporary lockout');
      case 'auth':
        return errors('EAPI:Invalid key');
      case 'noRoute':
        return errors('EGeneral:Unknown method');
      case 'down':
        return {
          status: 520,
          body: '<html><body>520: Web server is returning an unknown error</body></html>',
        };
    }
  },
};

function errors(...error: string[]): Reply {
  return { status: 200, body: { error } };
}

function timeReply({ nowMs }: Call): Reply {
  return { status: 200, body: { error: [], result: { unixtime: Math.floor(nowMs / 1_000) } } };
}

/** Carries no time. One unknown pair fails the whole call. */
function tickerReply({ look, request }: Call): Reply {
  const result: Record<string, unknown> = {};
  for (const pair of commaList(request.query.get('pair'))) {
    const id = look.subject(idOf(pair) ?? pair);
    const quote = id === null ? null : look.quote(id);
    if (id === null || quote === null || !id.includes('-')) return errors('EQuery:Unknown asset pair');
    const price = quote.price;
    const day = look.day(id)?.bar ?? { open: price, high: price, low: price, volume: 0 };
    const twice = (value: number, places: number) => [value.toFixed(places), value.toFixed(places)];
    const trades = Math.ceil(day.volume * 10);
    result[replyKeyOf(id)] = {
      a: [quote.ask.toFixed(5), '1', '1.000'],
      b: [quote.bid.toFixed(5), '2', '2.000'],
      c: [price.toFixed(5), (0.001 + 0.1 * look.chance(id, 1, 5_000)).toFixed(8)],
      v: twice(day.volume, 8),
      p: twice((day.high + day.low + price) / 3, 5),
      t: [trades, trades],
      l: twice(Math.min(day.low, price), 5),
      h: twice(Math.max(day.high, price), 5),
      o: day.open.toFixed(5),
    };
  }
  return { status: 200, body: { error: [], result } };
}

/** At most 720 rows, the newest; the last one is the unfinished bar, `last` the one to go on after. */
function ohlcReply({ look, request }: Call): Reply {
  const { query } = request;
  const pair = query.get('pair') ?? '';
  const id = look.subject(idOf(pair) ?? pair);
  if (id === null || !id.includes('-')) return errors('EQuery:Unknown asset pair');
  const minutes = Number(query.get('interval') ?? 1);
  if (!INTERVAL_MINUTES.includes(minutes)) return errors('EGeneral:Invalid arguments');
  const intervalMs = minutes * 60_000;
  const sinceMs = momentOf(query.get('since'), 1_000) ?? 0;
  const bars = look.lastBars(id, intervalMs, ROWS_MAX - 1).filter((bar) => bar.openAtMs > sinceMs);
  const last = bars.at(-1);
  const forming = look.forming(id, intervalMs);
  const rows = forming === null ? bars : [...bars, forming];
  const committed = Math.floor((last?.openAtMs ?? sinceMs) / 1_000);
  return { status: 200, body: { error: [], result: { [replyKeyOf(id)]: rows.map(row), last: committed } } };
}

function row(bar: Bar) {
  const vwap = (bar.high + bar.low + bar.close) / 3;
  return [
    Math.floor(bar.openAtMs / 1_000),
    bar.open.toFixed(5),
    bar.high.toFixed(5),
    bar.low.toFixed(5),
    bar.close.toFixed(5),
    vwap.toFixed(5),
    bar.volume.toFixed(8),
    Math.ceil(bar.volume * 10),
  ];
}
