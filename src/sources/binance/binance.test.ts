import { describe, expect, test } from 'vitest';
import { NO_LIMIT_STATE } from '../../core/source.ts';
import { field } from '../door/json.ts';
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
import { binance } from './binance.ts';
import { ROWS_MAX } from './request.ts';
import { symbolOf } from './symbols.ts';

const settings = settingsOf(binance);
const tickers = endpointOf(binance, 'ticker/24hr');
const klines = endpointOf(binance, 'klines');

const OPEN_AT_MS = Date.UTC(2026, 10, 20, 20, 30);

const ticker = (symbol: string, lastPrice: string, change: object = {}) => ({
  symbol,
  priceChange: '-94.99999800',
  lastPrice,
  bidPrice: lastPrice,
  askPrice: lastPrice,
  openTime: RECEIVED_AT_MS - 86_400_500,
  closeTime: RECEIVED_AT_MS - 500,
  count: 76,
  ...change,
});
const tickerBody = [ticker('ETHUSDT', '2811.44000000'), ticker('BTCUSDT', '86421.53000000')];
const batch = ['BTC-USDT', 'ETH-USDT'].map((id) => questionOf('market', id));

const row = (minute: number, change: Record<number, unknown> = {}) =>
  Object.assign(
    [
      OPEN_AT_MS + minute * 60_000,
      '86400.10000000',
      '86450.00000000',
      '86390.20000000',
      '86421.53000000',
      '12.34567000',
      OPEN_AT_MS + minute * 60_000 + 59_999,
      '1066789.12000000',
      1523,
      '6.10000000',
      '527000.55000000',
      '0',
    ],
    change,
  );

describe('asking Binance', () => {
  test('lists symbols as a JSON array and counts the weight of a short list', () => {
    const { url } = tickers.request([...batch, ...batch], settings, null);
    expect(decodeURIComponent(url)).toBe(
      'https://data-api.binance.vision/api/v3/ticker/24hr?symbols=["BTCUSDT","ETHUSDT"]',
    );
    expect([tickers.weight(batch), tickers.batchMax]).toEqual([2, 20]);
  });

  test.each([
    { intervalMs: 60_000, interval: '1m' },
    { intervalMs: 14_400_000, interval: '4h' },
    { intervalMs: 604_800_000, interval: '1w' },
  ])('calls $intervalMs ms $interval', ({ intervalMs, interval }) => {
    const { url } = klines.request([barsQuestion('BTC-USDT', { intervalMs })], settings, null);
    expect(new URL(url).searchParams.get('interval')).toBe(interval);
  });

  test('asks the rest of a window from where the last page ended', () => {
    const { url } = klines.request([barsQuestion('BTC-USDT')], settings, '1795206600000');
    expect(url).toBe(
      'https://data-api.binance.vision/api/v3/klines?symbol=BTCUSDT&interval=1m&startTime=1795206600000&endTime=1795208340000&limit=1000',
    );
  });

  test.each(['BTC-USD', 'AAPL', 'BTC-GBP'])('does not offer %s', (id) => {
    expect(tickers.accepts(questionOf('market', id).instrument)).toBe(false);
  });
});

describe('reading tickers', () => {
  test('takes each symbol’s own, dated by its closing time', () => {
    const { readings } = tickers.parse(responseOf(tickerBody), batch, settings);
    expect(readings.map((reading) => field(reading, 'view', 'quote'))).toEqual([
      {
        instrumentId: 'BTC-USDT',
        price: 86421.53,
        currency: 'USDT',
        bid: 86421.53,
        ask: 86421.53,
        eventAtMs: RECEIVED_AT_MS - 500,
        receivedAtMs: RECEIVED_AT_MS,
      },
      expect.objectContaining({ instrumentId: 'ETH-USDT', price: 2811.44 }),
    ]);
  });

  test.each([
    { why: 'a bare item', body: ticker('BTCUSDT', '86421.53'), verdict: 'ok' },
    { why: 'another symbol', body: [ticker('BTCUSDC', '86421.53')], verdict: 'mismatch' },
    {
      why: 'a price as number',
      body: [ticker('BTCUSDT', '1', { lastPrice: 86421.53 })],
      verdict: 'badPayload',
    },
    { why: 'a price of zero', body: [ticker('BTCUSDT', '0.00000000')], verdict: 'badPayload' },
    { why: 'no list', body: { tickers: [] }, verdict: 'badPayload' },
  ])('$why is $verdict', ({ body, verdict }) => {
    expect(verdicts(tickers.parse(responseOf(body), batch.slice(0, 1), settings).readings)).toEqual([
      verdict,
    ]);
  });
});

describe('reading klines', () => {
  const question = barsQuestion('BTC-USDT');
  const read = (rows: unknown) => klines.parse(responseOf(rows), [question], settings);

  test('takes closed rows and leaves the open one', () => {
    expect(read([row(0), row(30)]).readings).toEqual([
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
              close: 86421.53,
              volume: 12.34567,
            },
          ],
        },
      },
    ]);
  });

  test.each([
    { why: 'rows of another length', rows: [row(0, { 6: OPEN_AT_MS + 299_999 })], verdict: 'mismatch' },
    { why: 'no rows', rows: [], verdict: 'noData' },
    { why: 'prices as numbers', rows: [row(0, { 4: 86421.53 })], verdict: 'badPayload' },
    { why: 'an object', rows: { rows: [] }, verdict: 'badPayload' },
  ])('$why is $verdict', ({ rows, verdict }) => {
    expect(verdicts(read(rows).readings)).toEqual([verdict]);
  });

  test('goes on after a full answer, and only then', () => {
    const full = Array.from({ length: ROWS_MAX }, (_, index) => row(index - ROWS_MAX));
    expect(read(full).nextPage).toBe(String(OPEN_AT_MS));
    expect(read(full.slice(1)).nextPage).toBeNull();
    expect(read(full.map((_, index) => row(index - ROWS_MAX + 30))).nextPage).toBeNull();
  });
});

describe('refusals', () => {
  test.each([
    { status: 400, body: { code: -1100, msg: 'Illegal characters found in parameter.' }, kind: 'badRequest' },
    { status: 400, body: { code: -1102, msg: 'Mandatory parameter was not sent.' }, kind: 'badRequest' },
    { status: 400, body: { code: -1120, msg: 'Invalid interval.' }, kind: 'badRequest' },
    { status: 400, body: { code: -1121, msg: 'Invalid symbol.' }, kind: 'badRequest' },
    {
      status: 429,
      body: { code: -1003, msg: 'Too much request weight used; current limit is 6000.' },
      kind: 'limit',
    },
    { status: 200, body: { code: -1003, msg: 'Too many requests.' }, kind: 'limit' },
    {
      status: 403,
      body: '<HTML><TITLE>ERROR: The request could not be satisfied</TITLE></HTML>',
      kind: 'blocked',
    },
    {
      status: 451,
      body: { code: 0, msg: 'Service unavailable from a restricted location' },
      kind: 'blocked',
    },
    { status: 503, body: { code: -1008, msg: 'Server is currently overloaded.' }, kind: 'down' },
    { status: 502, body: '', kind: 'down' },
  ])('$status $body is $kind', ({ status, body, kind }) => {
    expect(verdicts(tickers.parse(responseOf(body, status), batch, settings).readings)).toEqual([kind, kind]);
  });

  test('for a bad symbol blame it only when it was asked alone', () => {
    const response = responseOf({ code: -1121, msg: 'Invalid symbol.' }, 400);
    expect(verdicts(tickers.parse(response, batch.slice(0, 1), settings).readings)).toEqual([
      'unknownSymbol',
    ]);
    expect(verdicts(klines.parse(response, [barsQuestion('BTC-USDT')], settings).readings)).toEqual([
      'unknownSymbol',
    ]);
  });

  test.each([
    {
      why: 'Retry-After',
      headers: { 'retry-after': '90' },
      msg: 'banned until 1795208525000',
      waitMs: 90_000,
    },
    { why: 'the text', headers: {}, msg: 'IP banned until 1795208525000. Please', waitMs: 120_000 },
    { why: 'nothing', headers: {}, msg: 'IP banned', waitMs: null },
  ])('of a banned address say by $why how long', ({ headers, msg, waitMs }) => {
    const response = responseOf({ code: -1003, msg }, 418, headers);
    const [reading] = tickers.parse(response, batch, settings).readings;
    expect(reading).toMatchObject({ failure: { kind: 'limit', retryAfterMs: waitMs } });
  });
});

test.each([
  { header: '1234', used: 1234 },
  { header: '-1', used: null },
])('a used weight of $header counts as $used', ({ header, used }) => {
  const response = responseOf([], 200, { 'x-mbx-used-weight-1m': header });
  expect(binance.limitState(response)).toEqual({ ...NO_LIMIT_STATE, used });
});

describeTorture('binance', [
  {
    name: 'ticker/24hr',
    endpoint: tickers,
    batch,
    settings,
    response: responseOf(tickerBody),
    witness: (json, instrument) => {
      const list = (Array.isArray(json) ? json : [json]) as readonly unknown[];
      const own = list.filter((one) => field(one, 'symbol') === symbolOf(instrument));
      return field(own.at(-1), 'lastPrice');
    },
  },
  {
    name: 'klines',
    endpoint: klines,
    batch: [barsQuestion('BTC-USDT')],
    settings,
    response: responseOf([row(0), row(1), row(2), row(30)]),
  },
]);
