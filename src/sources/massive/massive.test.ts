import { describe, expect, test } from 'vitest';
import type { RecordedAnswer } from '../../../test/data.ts';
import { instrumentOf, parseInstrument } from '../../core/instrument.ts';
import {
  barsQuestion,
  endpointOf,
  questionOf,
  RECEIVED_AT_MS,
  responseOf,
  settingsOf,
  verdicts,
} from '../exchange.testing.ts';
import { describeRecorded, type Judged, recordedResponse } from '../recorded.testing.ts';
import { describeTorture } from '../torture.testing.ts';
import { massive } from './massive.ts';
import { pageOf } from './request.ts';
import { symbolOf } from './symbol.ts';

const settings = settingsOf(massive);
const stocks = endpointOf(massive, 'stocks/snapshots');
const crypto = endpointOf(massive, 'crypto/snapshots');
const bars = endpointOf(massive, 'bars');
const rsi = endpointOf(massive, 'rsi');

const MINUTE_OPEN_MS = Date.UTC(2026, 10, 20, 20, 59);

/** A stock ticker of the snapshot; trades and quotes are stamped in ns, which JSON text carries beyond 2^53. */
function stockTicker(ticker: string, fields: Readonly<Record<string, unknown>> = {}) {
  return {
    ticker,
    todaysChange: 2.78,
    updated: 1795208399871204000,
    day: { o: 268.9, h: 272.05, l: 268.1, c: 271.34, v: 48211034, vw: 270.44 },
    min: { t: MINUTE_OPEN_MS, o: 271.2, h: 271.4, l: 271.15, c: 271.33, v: 18234, av: 48211034, vw: 271.28 },
    lastTrade: { p: 271.34, s: 100, t: 1795208399871204000, x: 4, c: [14], i: '52983' },
    lastQuote: { p: 271.31, s: 2, P: 271.36, S: 1, t: 1795208399902117000 },
    prevDay: { o: 266, h: 269.7, l: 265.4, c: 268.56, v: 50118732 },
    ...fields,
  };
}

function cryptoTicker(ticker: string, price: number) {
  return {
    ticker,
    updated: 1795208399871,
    day: { o: 86000, h: 87100, l: 85800, c: price, v: 2410.52 },
    min: { t: MINUTE_OPEN_MS, o: price, h: price + 5, l: price - 5, c: price, v: 1.25 },
    lastTrade: { p: price, s: 0.017, t: 1795208399017, x: 1, c: [1], i: '302763085' },
    prevDay: { o: 86000, h: 87100, l: 85800, c: 86010, v: 2000 },
  };
}

const snapshot = (...tickers: unknown[]) => ({ status: 'OK', count: tickers.length, tickers });
const two = [questionOf('market', 'AAPL'), questionOf('market', 'BRK.B')];

describe('Massive spells', () => {
  test.each([
    ['AAPL', 'AAPL'],
    ['BRK.B', 'BRK.B'],
    ['BTC-USD', 'X:BTCUSD'],
    ['ETH-EUR', 'X:ETHEUR'],
    ['BTC-USDT', null],
  ])('%s as %s', (id, symbol) => {
    expect(symbolOf(instrumentOf(id))).toBe(symbol);
  });
});

describe('requests to Massive', () => {
  test('carry the key in a header only', () => {
    for (const [endpoint, question] of [
      [stocks, questionOf('market', 'AAPL')],
      [bars, barsQuestion('AAPL')],
      [rsi, questionOf('gauge', 'AAPL')],
    ] as const) {
      const request = endpoint.request([question], settings, null);
      expect(request.headers.authorization).toBe('Bearer canary-apiKey-7f3a');
      expect(request.url).not.toContain('canary');
    }
  });

  test('ask one snapshot per asset class', () => {
    expect(stocks.request(two, settings, null).url).toBe(
      'https://api.massive.com/v2/snapshot/locale/us/markets/stocks/tickers?tickers=AAPL%2CBRK.B',
    );
    expect(crypto.request([questionOf('market', 'BTC-USD')], settings, null).url).toBe(
      'https://api.massive.com/v2/snapshot/locale/global/markets/crypto/tickers?tickers=X%3ABTCUSD',
    );
    expect(stocks.accepts(instrumentOf('BTC-USD')) || crypto.accepts(instrumentOf('AAPL'))).toBe(false);
  });

  test.each([
    [60_000, '1/minute'],
    [900_000, '15/minute'],
    [3_600_000, '1/hour'],
    [86_400_000, '1/day'],
    [5_000, '5/second'],
  ])('ask bars of %d ms as %s', (intervalMs, range) => {
    const { url } = bars.request(
      [barsQuestion('BTC-USD', { intervalMs, fromMs: 1, toMs: 9 })],
      settings,
      null,
    );
    expect(url).toBe(
      `https://api.massive.com/v2/aggs/ticker/X:BTCUSD/range/${range}/1/9?adjusted=true&sort=asc&limit=50000`,
    );
  });

  test('follow a next page on our own base address, whatever host it names', () => {
    const path = '/v2/aggs/ticker/AAPL/range/1/minute/1626912000000/2021-07-22';
    const page = pageOf(`https://evil.example${path}?cursor=bGltaXQ9Mg&apiKey=x`, 'AAPL');
    expect(page).toBe(`${path}?cursor=bGltaXQ9Mg`);
    const { url } = bars.request(
      [barsQuestion('AAPL')],
      { ...settings, baseUrl: 'http://localhost:1/m' },
      page,
    );
    expect(url).toBe(`http://localhost:1/m${path}?cursor=bGltaXQ9Mg`);
    expect(
      pageOf(`https://api.massive.com/v2/aggs/ticker/TSLA/range/1/minute/1/2?cursor=x`, 'AAPL'),
    ).toBeNull();
    expect(pageOf('https://api.massive.com/v2/aggs/ticker/AAPL/range/1/minute/1/2', 'AAPL')).toBeNull();
    expect(pageOf('not a url', 'AAPL')).toBeNull();
  });
});

describe('a snapshot of Massive', () => {
  test('gives price, book, event time from ns and the closed minute, matched by ticker', () => {
    const body = snapshot(
      stockTicker('TSLA'),
      stockTicker('BRK.B', { lastTrade: { p: 500, t: 1795208399871204000 }, lastQuote: undefined }),
      stockTicker('AAPL'),
    );
    const { readings } = stocks.parse(responseOf(body), two, settings);
    expect(readings[0]).toEqual({
      kind: 'ok',
      view: {
        kind: 'market',
        quote: {
          instrumentId: 'AAPL',
          price: 271.34,
          currency: 'USD',
          bid: 271.31,
          ask: 271.36,
          eventAtMs: 1795208399871,
          receivedAtMs: RECEIVED_AT_MS,
        },
        bars: [
          {
            openAtMs: MINUTE_OPEN_MS,
            intervalMs: 60_000,
            open: 271.2,
            high: 271.4,
            low: 271.15,
            close: 271.33,
            volume: 18234,
          },
        ],
      },
    });
    expect(readings[1]).toMatchObject({ view: { quote: { instrumentId: 'BRK.B', price: 500, bid: null } } });
  });

  test('of crypto is stamped in ms', () => {
    const { readings } = crypto.parse(
      responseOf(snapshot(cryptoTicker('X:BTCUSD', 86421.5))),
      [questionOf('market', 'BTC-USD')],
      settings,
    );
    expect(readings).toMatchObject([{ view: { quote: { price: 86421.5, eventAtMs: 1795208399017 } } }]);
  });

  test('of a plan without trades is priced by the closed minute, as of its end', () => {
    const body = snapshot(stockTicker('AAPL', { lastTrade: undefined, lastQuote: undefined }));
    expect(stocks.parse(responseOf(body), two.slice(0, 1), settings).readings).toMatchObject([
      { view: { quote: { price: 271.33, eventAtMs: MINUTE_OPEN_MS + 60_000 } } },
    ]);
  });

  test.each([
    ['left out', snapshot(stockTicker('TSLA')), 'noData'],
    ['in another case', snapshot(stockTicker('aapl')), 'noData'],
    [
      'without trade and minute',
      snapshot(stockTicker('AAPL', { lastTrade: undefined, min: { t: 0, o: 0 } })),
      'noData',
    ],
    [
      'without trade, its minute open',
      snapshot(
        stockTicker('AAPL', {
          lastTrade: undefined,
          min: { t: MINUTE_OPEN_MS + 60_000, o: 1, h: 1, l: 1, c: 1, v: 1 },
        }),
      ),
      'noData',
    ],
    [
      'priced 0',
      snapshot(stockTicker('AAPL', { lastTrade: { p: 0, t: 1795208399871204000 } })),
      'badPayload',
    ],
    [
      'priced in text',
      snapshot(stockTicker('AAPL', { lastTrade: { p: '271', t: 1795208399871204000 } })),
      'badPayload',
    ],
    [
      'stamped in ms',
      snapshot(stockTicker('AAPL', { lastTrade: { p: 271, t: 1795208399871 } })),
      'badPayload',
    ],
    ['not stamped', snapshot(stockTicker('AAPL', { lastTrade: { p: 271 } })), 'badPayload'],
    ['a trade that is null', snapshot(stockTicker('AAPL', { lastTrade: null })), 'badPayload'],
    ['a list that is none', { status: 'OK', tickers: { AAPL: stockTicker('AAPL') } }, 'badPayload'],
  ])('with the ticker %s fails', (_name, body, expected) => {
    expect(verdicts(stocks.parse(responseOf(body), two.slice(0, 1), settings).readings)).toEqual([expected]);
  });

  test('an open minute and a crossed book are left out of a good quote', () => {
    const body = snapshot(
      stockTicker('AAPL', {
        min: { t: MINUTE_OPEN_MS + 60_000, o: 271, h: 272, l: 270, c: 271, v: 5 },
        lastQuote: { p: 271.4, P: 271.3 },
      }),
    );
    expect(stocks.parse(responseOf(body), two.slice(0, 1), settings).readings).toMatchObject([
      { view: { quote: { price: 271.34, bid: null, ask: null }, bars: [] } },
    ]);
  });
});

const aggregate = (openAtMs: number, close: number) => ({
  t: openAtMs,
  o: 271,
  h: 272,
  l: 270,
  c: close,
  v: 100,
  vw: 271,
  n: 4,
});
const HOUR_MS = Date.UTC(2026, 10, 20, 20);
const aggregates = (...results: unknown[]) => ({
  ticker: 'AAPL',
  queryCount: results.length,
  resultsCount: results.length,
  adjusted: true,
  results,
  status: 'OK',
  request_id: 'x',
});

describe('bars of Massive', () => {
  test('are sorted, closed and inside the window; the next page is named', () => {
    const body = {
      ...aggregates(
        aggregate(HOUR_MS + 60_000, 271.5),
        aggregate(HOUR_MS, 271.2),
        aggregate(HOUR_MS - 60_000, 271.1),
        aggregate(HOUR_MS + 3_600_000, 271.9),
      ),
      next_url: 'https://api.massive.com/v2/aggs/ticker/AAPL/range/1/minute/1/2?cursor=abc',
    };
    const parsed = bars.parse(responseOf(body), [barsQuestion('AAPL')], settings);
    const [reading] = parsed.readings;
    const view = reading?.kind === 'ok' && reading.view.kind === 'bars' ? reading.view.bars : [];
    expect(view.map(({ openAtMs, close }) => [openAtMs - HOUR_MS, close])).toEqual([
      [0, 271.2],
      [60_000, 271.5],
    ]);
    expect(parsed.nextPage).toBe('/v2/aggs/ticker/AAPL/range/1/minute/1/2?cursor=abc');
  });

  test.each([
    ['of another ticker', { ...aggregates(aggregate(HOUR_MS, 271)), ticker: 'TSLA' }, 'mismatch'],
    ['of no ticker', { ...aggregates(aggregate(HOUR_MS, 271)), ticker: undefined }, 'mismatch'],
    ['that are none', { ...aggregates(), results: undefined }, 'noData'],
    ['that contradict themselves', aggregates(aggregate(HOUR_MS, 999)), 'badPayload'],
    ['delayed but there', { ...aggregates(aggregate(HOUR_MS, 271)), status: 'DELAYED' }, 'ok'],
  ])('%s', (_name, body, expected) => {
    expect(verdicts(bars.parse(responseOf(body), [barsQuestion('AAPL')], settings).readings)).toEqual([
      expected,
    ]);
  });
});

const rsiBody = (value: unknown, symbol = 'AAPL') => ({
  results: {
    underlying: { url: `https://api.massive.com/v2/aggs/ticker/${symbol}/range/1/minute/1/2?limit=50000` },
    values: [{ timestamp: MINUTE_OPEN_MS, value }],
  },
  status: 'OK',
});

describe('the RSI of Massive', () => {
  test.each([
    ['of the asked ticker', rsiBody(61.5), 'ok'],
    ['of another ticker', rsiBody(61.5, 'AAPLX'), 'mismatch'],
    ['of nobody', { status: 'OK', results: { values: [] } }, 'mismatch'],
    ['without a value', { ...rsiBody(0), results: { ...rsiBody(0).results, values: [] } }, 'noData'],
    ['above 100', rsiBody(172.4), 'badPayload'],
    ['in text', rsiBody('61.5'), 'badPayload'],
  ])('%s', (_name, body, expected) => {
    const { readings } = rsi.parse(responseOf(body), [questionOf('gauge', 'AAPL')], settings);
    expect(verdicts(readings)).toEqual([expected]);
    if (expected === 'ok') {
      expect(readings[0]).toMatchObject({
        view: { gauge: 'rsi', value: 61.5, min: 0, max: 100, eventAtMs: MINUTE_OPEN_MS },
      });
    }
  });

  test('of a crypto pair may name it percent-encoded', () => {
    const question = questionOf('gauge', 'BTC-USD');
    expect(verdicts(rsi.parse(responseOf(rsiBody(40, 'X%3ABTCUSD')), [question], settings).readings)).toEqual(
      ['ok'],
    );
  });
});

describe('an error of Massive', () => {
  const tooMany =
    "You've exceeded the maximum requests per minute, please wait or upgrade your subscription to continue.";
  const plan = 'You are not entitled to this data. Please upgrade your plan at https://massive.com/pricing';
  test.each([
    [401, { status: 'ERROR', error: 'Unknown API Key' }, 'auth'],
    [403, { status: 'NOT_AUTHORIZED', message: plan }, 'plan'],
    [429, { status: 'ERROR', error: tooMany }, 'limit'],
    [429, '', 'limit'],
    [404, { status: 'NOT_FOUND', message: 'Ticker not found.' }, 'unknownSymbol'],
    [400, { status: 'ERROR', error: 'bad timespan' }, 'badRequest'],
    [502, '<html><title>502 Bad Gateway</title></html>', 'down'],
    [200, { status: 'ERROR', error: tooMany }, 'limit'],
    [200, { status: 'ERROR', error: 'Unknown API Key' }, 'auth'],
    [200, { status: 'NOT_AUTHORIZED', message: plan }, 'plan'],
    [200, { status: 'NOT_FOUND', message: 'Ticker not found.' }, 'unknownSymbol'],
    [200, { status: 'ERROR', error: 'something new, canary-apiKey-7f3a' }, 'badPayload'],
  ])('%i %j is %3$s', (status, body, expected) => {
    const { readings } = bars.parse(responseOf(body, status), [barsQuestion('AAPL')], settings);
    expect(verdicts(readings)).toEqual([expected]);
    expect(JSON.stringify(readings)).not.toContain('canary');
  });
});

/** The single form of the snapshot is not asked for, but its ticker is the same: a list of one is made of it. */
function asList(body: string): string {
  const single = /"ticker":\s*\{/.test(body) ? JSON.parse(body).ticker : null;
  return single === null ? body : JSON.stringify({ status: 'OK', tickers: [single] });
}

const flat = (body: string): string => body.replace(/\s+/g, '');

/** Every recorded ticker is read and compared with the neighbouring text of its name in the raw body. */
function judgeSnapshots(answer: RecordedAnswer): Judged {
  const assetClass = answer.request.url.includes('/crypto/') ? 'crypto' : 'stock';
  const endpoint = assetClass === 'crypto' ? crypto : stocks;
  const body = asList(answer.response.body);
  const idOf = (symbol: string): string =>
    assetClass === 'stock' ? symbol : `${symbol.slice(2, -3)}-${symbol.slice(-3)}`;
  const symbols = [...flat(body).matchAll(/"ticker":"((?:X:)?[A-Z]+)"/g)]
    .map(([, symbol = '']) => symbol)
    .filter((symbol) => parseInstrument(idOf(symbol)).kind === 'ok');
  const batch = symbols.map((symbol) => questionOf('market', idOf(symbol)));
  const { readings } = endpoint.parse({ ...recordedResponse(answer), body }, batch, settings);
  const wrong = readings.flatMap((reading, index) => {
    if (reading.kind === 'failed' || reading.view.kind !== 'market') return [];
    const before = flat(body).split(`"ticker":"${symbols[index]}"`)[0] ?? '';
    const [, price, stamp] =
      [...before.matchAll(/"lastTrade":\{.*?"p":([\d.e-]+),.*?"t":(\d+)/g)].at(-1) ?? [];
    const { quote } = reading.view;
    const stampMs = Number(assetClass === 'stock' ? stamp?.slice(0, -6) : stamp);
    return quote.price === Number(price) && Math.abs((quote.eventAtMs ?? 0) - stampMs) <= 1
      ? []
      : [`${symbols[index]}: ${quote.price} at ${quote.eventAtMs} instead of ${price} at ${stampMs}`];
  });
  return { readings, wrong };
}

function judgeBars(answer: RecordedAnswer): Judged {
  const question = barsQuestion('AAPL', { intervalMs: 86_400_000, fromMs: 0, toMs: RECEIVED_AT_MS });
  const { readings } = bars.parse(recordedResponse(answer), [question], settings);
  const closes = [...flat(answer.response.body).matchAll(/"c":([\d.]+).*?"t":(\d+)/g)].map(
    ([, close, at]) => [Number(at), Number(close)],
  );
  const [reading] = readings;
  const read = reading?.kind === 'ok' && reading.view.kind === 'bars' ? reading.view.bars : [];
  const same =
    JSON.stringify(read.map(({ openAtMs, close }) => [openAtMs, close])) === JSON.stringify(closes);
  return { readings, wrong: same ? [] : [`${read.length} bars instead of ${closes.length}`] };
}

/** Answers of addresses that are never asked: whatever endpoint they come back from, they are nothing. */
function judgeOther(answer: RecordedAnswer): Judged {
  const response = recordedResponse(answer);
  const readings = [
    ...stocks.parse(response, two, settings).readings,
    ...bars.parse(response, [barsQuestion('AAPL')], settings).readings,
    ...rsi.parse(response, [questionOf('gauge', 'AAPL')], settings).readings,
  ];
  return {
    readings,
    wrong: readings.filter(({ kind }) => kind === 'ok').map(() => 'a view out of another answer'),
  };
}

describeRecorded('polygon', (answer) => {
  if (/snapshot\/locale/.test(answer.request.url)) return judgeSnapshots(answer);
  if (answer.request.url.includes('/v2/aggs/') && answer.kind === 'success') return judgeBars(answer);
  return judgeOther(answer);
});

const row = (
  json: unknown,
  symbol: string,
): { lastTrade?: { p: unknown }; min?: { c: unknown } } | undefined =>
  (json as { tickers: { ticker: string }[] }).tickers.findLast((one) => one?.ticker === symbol) as never;

describeTorture('massive', [
  {
    name: 'stocks/snapshots',
    endpoint: stocks,
    batch: two,
    settings,
    response: responseOf(snapshot(stockTicker('AAPL'), stockTicker('BRK.B', { lastTrade: undefined }))),
    witness: (json, { id }) => {
      const found = row(json, id);
      return found?.lastTrade === undefined ? found?.min?.c : found.lastTrade.p;
    },
  },
  {
    name: 'crypto/snapshots',
    endpoint: crypto,
    batch: [questionOf('market', 'BTC-USD'), questionOf('market', 'ETH-USD')],
    settings,
    response: responseOf(snapshot(cryptoTicker('X:ETHUSD', 2811.44), cryptoTicker('X:BTCUSD', 86421.5))),
    witness: (json, { base }) => {
      const found = row(json, `X:${base}USD`);
      return found?.lastTrade === undefined ? found?.min?.c : found.lastTrade.p;
    },
  },
  {
    name: 'bars',
    endpoint: bars,
    batch: [barsQuestion('AAPL')],
    settings,
    response: responseOf(aggregates(aggregate(HOUR_MS, 271), aggregate(HOUR_MS + 60_000, 271.5))),
  },
  {
    name: 'rsi',
    endpoint: rsi,
    batch: [questionOf('gauge', 'AAPL')],
    settings,
    response: responseOf(rsiBody(61.5)),
  },
]);
