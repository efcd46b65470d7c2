import { describe, expect, test } from 'vitest';
import { NO_LIMIT_STATE } from '../../core/source.ts';
import { field, members } from '../door/json.ts';
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
import { kraken } from './kraken.ts';
import { askedPairOf, pairOf } from './symbols.ts';

const settings = settingsOf(kraken);
const ticker = endpointOf(kraken, 'Ticker');
const ohlc = endpointOf(kraken, 'OHLC');

const OPEN_AT_MS = Date.UTC(2026, 10, 20, 20, 30);
const batch = ['BTC-USD', 'ETH-USD', 'SOL-USD', 'BTC-USDT'].map((id) => questionOf('market', id));

const tick = (last: string) => ({
  a: [last, '1', '1.000'],
  b: [last, '2', '2.000'],
  c: [last, '0.00500000'],
  v: ['1203.11', '2410.52'],
  p: ['1.1', '2.2'],
  t: [15210, 30118],
  l: ['1.0', '2.0'],
  h: ['3.0', '4.0'],
  o: '86010.00000',
});
const tickerBody = {
  error: [],
  result: {
    SOLUSD: tick('131.20000'),
    XETHZUSD: tick('2811.44000'),
    XBTUSDT: tick('86411.00000'),
    XXBTZUSD: tick('86421.50000'),
  },
};

const row = (minute: number, change: Record<number, unknown> = {}) =>
  Object.assign(
    [
      OPEN_AT_MS / 1000 + minute * 60,
      '86400.1',
      '86450.0',
      '86390.2',
      '86421.5',
      '86415.2',
      '1.23450000',
      42,
    ],
    change,
  );
const ohlcBody = (rows: unknown, key = 'XXBTZUSD') => ({
  error: [],
  result: { [key]: rows, last: 1795206540 },
});

describe('asking Kraken', () => {
  test('uses its names for coins and asks each pair once', () => {
    const { url } = ticker.request([...batch, ...batch], settings, null);
    expect(url).toBe('https://api.kraken.com/0/public/Ticker?pair=XBTUSD%2CETHUSD%2CSOLUSD%2CXBTUSDT');
  });

  test('asks candles since just before the window', () => {
    expect(ohlc.request([barsQuestion('BTC-USD')], settings, null).url).toBe(
      'https://api.kraken.com/0/public/OHLC?pair=XBTUSD&interval=1&since=1795204799',
    );
  });

  test.each([
    ['XXBTZUSD', 'XBTUSD'],
    ['XETHZEUR', 'ETHEUR'],
    ['XBTUSDT', 'XBTUSDT'],
    ['XDGUSD', 'XDGUSD'],
    ['SOLUSD', 'SOLUSD'],
  ])('knows that %s is what was asked as %s', (answered, asked) => {
    expect(askedPairOf(answered)).toBe(asked);
  });
});

describe('reading tickers', () => {
  test('finds each pair under the name it is answered with; no time is made up', () => {
    const { readings } = ticker.parse(responseOf(tickerBody), batch, settings);
    expect(readings.map((reading) => field(reading, 'view', 'quote', 'price'))).toEqual([
      86421.5, 2811.44, 131.2, 86411,
    ]);
    expect(readings[0]).toEqual({
      kind: 'ok',
      view: {
        kind: 'market',
        quote: {
          instrumentId: 'BTC-USD',
          price: 86421.5,
          currency: 'USD',
          bid: 86421.5,
          ask: 86421.5,
          eventAtMs: null,
          receivedAtMs: RECEIVED_AT_MS,
        },
        bars: [],
      },
    });
  });

  test.each([
    { why: 'USDT where USD was asked', result: { XBTUSDT: tick('86411.0') }, verdict: 'mismatch' },
    { why: 'a price as number', result: { XXBTZUSD: { c: [86421.5] } }, verdict: 'badPayload' },
    { why: 'no price', result: { XXBTZUSD: {} }, verdict: 'badPayload' },
    { why: 'no result', result: null, verdict: 'badPayload' },
  ])('$why is $verdict', ({ result, verdict }) => {
    const { readings } = ticker.parse(responseOf({ error: [], result }), batch.slice(0, 1), settings);
    expect(verdicts(readings)).toEqual([verdict]);
  });
});

describe('reading candles', () => {
  const read = (body: unknown) => ohlc.parse(responseOf(body), [barsQuestion('BTC-USD')], settings).readings;

  test('leaves the open one, the cursor and the volume-weighted price', () => {
    expect(read(ohlcBody([row(0), row(30)]))).toEqual([
      {
        kind: 'ok',
        view: {
          kind: 'bars',
          bars: [
            {
              openAtMs: OPEN_AT_MS,
              intervalMs: 60_000,
              open: 86400.1,
              high: 86450,
              low: 86390.2,
              close: 86421.5,
              volume: 1.2345,
            },
          ],
        },
      },
    ]);
  });

  test.each([
    { why: 'another pair', body: ohlcBody([row(0)], 'XBTUSDT'), verdict: 'mismatch' },
    { why: 'no row', body: ohlcBody([]), verdict: 'noData' },
    { why: 'no list', body: ohlcBody('rows'), verdict: 'badPayload' },
    { why: 'high below low', body: ohlcBody([row(0, { 2: '1.0' })]), verdict: 'badPayload' },
  ])('$why is $verdict', ({ body, verdict }) => {
    expect(verdicts(read(body))).toEqual([verdict]);
  });
});

describe('refusals', () => {
  const pair = batch.slice(0, 2);

  test.each([
    { error: ['EGeneral:Too many requests'], kind: 'limit' },
    { error: ['EAPI:Rate limit exceeded'], kind: 'limit' },
    { error: ['EGeneral:Temporary lockout'], kind: 'limit' },
    { error: ['EQuery:Unknown asset pair'], kind: 'badRequest' },
    { error: ['EGeneral:Invalid arguments'], kind: 'badRequest' },
    { error: ['EService:Unavailable'], kind: 'down' },
    { error: ['EAPI:Invalid key'], kind: 'auth' },
    { error: ['ENew:Never seen'], kind: 'badPayload' },
    { error: [{ toString: 7 }], kind: 'badPayload' },
    { error: ['WGeneral:Deprecated', 'EService:Busy'], kind: 'down' },
  ])('$error in a 200 is $kind', ({ error, kind }) => {
    expect(verdicts(ticker.parse(responseOf({ error }), pair, settings).readings)).toEqual([kind, kind]);
  });

  test('for an unknown pair blame it only when it was asked alone', () => {
    const response = responseOf({ error: ['EQuery:Unknown asset pair'] });
    expect(verdicts(ticker.parse(response, pair.slice(0, 1), settings).readings)).toEqual(['unknownSymbol']);
  });

  test('a warning does not spoil an answer', () => {
    const body = { ...tickerBody, error: ['WGeneral:Danger ahead'] };
    expect(verdicts(ticker.parse(responseOf(body), pair, settings).readings)).toEqual(['ok', 'ok']);
  });

  test.each([
    {
      status: 520,
      body: '<html><title>Web server is returning an unknown error</title></html>',
      kind: 'down',
    },
    { status: 403, body: '<html><title>Attention Required!</title></html>', kind: 'blocked' },
    { status: 429, body: '', kind: 'limit' },
  ])('$status is $kind', ({ status, body, kind }) => {
    expect(verdicts(ticker.parse(responseOf(body, status), pair, settings).readings)).toEqual([kind, kind]);
  });
});

test('nothing is stated about the allowance', () => {
  expect(kraken.limitState(responseOf(tickerBody))).toEqual(NO_LIMIT_STATE);
});

describeTorture('kraken', [
  {
    name: 'Ticker',
    endpoint: ticker,
    batch,
    settings,
    response: responseOf(tickerBody),
    witness: (json, { base, quote }) => {
      const coin = base === 'BTC' ? 'XBT' : base;
      const names = [coin + quote, `X${coin}Z${quote}`];
      const own = members(field(json, 'result')).filter(([name]) => names.includes(name));
      return field(own.at(-1)?.[1], 'c', 0);
    },
  },
  {
    name: 'OHLC',
    endpoint: ohlc,
    batch: [barsQuestion('BTC-USD')],
    settings,
    response: responseOf(ohlcBody([row(0), row(1), row(2), row(30)])),
  },
]);

test('each pair has a name of its own', () => {
  expect(new Set(batch.map(({ instrument }) => pairOf(instrument))).size).toBe(batch.length);
});
