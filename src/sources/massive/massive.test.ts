import { describe, expect, test } from 'vitest';
import { instrumentOf } from '../../core/instrument.ts';
import {
  barsQuestion,
  endpointOf,
  questionOf,
  RECEIVED_AT_MS,
  responseOf,
  settingsOf,
  verdicts,
} from '../exchange.testing.ts';
import { describeTorture } from '../torture.testing.ts';
import {
  aggregate,
  aggregates,
  cryptoTicker,
  HOUR_MS,
  MINUTE_OPEN_MS,
  rsiBody,
  snapshot,
  stockTicker,
} from './bodies.testing.ts';
import { massive } from './massive.ts';
import { pageOf } from './request.ts';
import { symbolOf } from './symbol.ts';

const settings = settingsOf(massive);
const stocks = endpointOf(massive, 'stocks/snapshots');
const crypto = endpointOf(massive, 'crypto/snapshots');
const bars = endpointOf(massive, 'bars');
const rsi = endpointOf(massive, 'rsi');

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
    ['left out, another in its place', snapshot(stockTicker('TSLA')), 'mismatch'],
    ['in another case', snapshot(stockTicker('aapl')), 'mismatch'],
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
