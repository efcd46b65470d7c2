import { describe, expect, test } from 'vitest';
import type { BarsQuestion } from '../../core/question.ts';
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
import { CANDLES_MAX, nextPageOf } from './candle-pages.ts';
import { coinbase } from './coinbase.ts';
import { coinbaseAdvanced } from './coinbase-advanced.ts';

const settings = settingsOf(coinbase);
const advanced = settingsOf(coinbaseAdvanced);
const ticker = endpointOf(coinbase, 'ticker');
const candles = endpointOf(coinbase, 'candles');
const advancedTicker = endpointOf(coinbaseAdvanced, 'market/ticker');
const advancedCandles = endpointOf(coinbaseAdvanced, 'market/candles');

const OPEN_AT_MS = Date.UTC(2026, 10, 20, 20, 30);
const market = [questionOf('market', 'BTC-USD')];

const tickerBody = {
  trade_id: 812345678,
  price: '86421.53',
  size: '0.0123',
  bid: '86421.52',
  ask: '86421.54',
  volume: '7421.33',
  time: '2026-11-20T20:59:59.871204Z',
};
const tradesBody = {
  trades: [
    {
      trade_id: '2',
      product_id: 'BTC-USD',
      price: '86421.53',
      size: '0.01',
      time: '2026-11-20T20:59:59.871204Z',
      side: 'BUY',
      bid: '',
      ask: '',
    },
    {
      trade_id: '1',
      product_id: 'BTC-USD',
      price: '86420.00',
      size: '0.01',
      time: '2026-11-20T20:59:58Z',
      side: 'BUY',
      bid: '',
      ask: '',
    },
  ],
  best_bid: '86421.52',
  best_ask: '86421.54',
};
const candle = (minute: number): number[] => [
  OPEN_AT_MS / 1000 + minute * 60,
  86390.2,
  86450,
  86400.1,
  86421.53,
  12.345,
];
const advancedCandle = (minute: number) => ({
  start: String(OPEN_AT_MS / 1000 + minute * 60),
  low: '86390.2',
  high: '86450.0',
  open: '86400.1',
  close: '86421.53',
  volume: '12.345',
});
const bar = (minute: number) => ({
  openAtMs: OPEN_AT_MS + minute * 60_000,
  intervalMs: 60_000,
  open: 86400.1,
  high: 86450,
  low: 86390.2,
  close: 86421.53,
  volume: 12.345,
});
const QUOTE = {
  instrumentId: 'BTC-USD',
  price: 86421.53,
  currency: 'USD',
  bid: 86421.52,
  ask: 86421.54,
  eventAtMs: Date.UTC(2026, 10, 20, 20, 59, 59, 871),
  receivedAtMs: RECEIVED_AT_MS,
};

describe('asking Coinbase', () => {
  test('names itself, as Exchange demands', () => {
    const request = ticker.request(market, settings, null);
    expect(request.url).toBe('https://api.exchange.coinbase.com/products/BTC-USD/ticker');
    expect(request.headers['user-agent']).toMatch(/^sextant/);
  });

  test.each([
    { page: null, start: '2026-11-20T11:00:00.000Z', end: '2026-11-20T15:59:00.000Z' },
    {
      page: String(Date.UTC(2026, 10, 20, 16)),
      start: '2026-11-20T16:00:00.000Z',
      end: '2026-11-20T20:59:00.000Z',
    },
  ])('asks at most 300 candles from page $page on', ({ page, start, end }) => {
    const question = barsQuestion('BTC-USD', { fromMs: Date.UTC(2026, 10, 20, 11) });
    const { searchParams } = new URL(candles.request([question], settings, page).url);
    expect(Object.fromEntries(searchParams)).toEqual({ granularity: '60', start, end });
  });

  test('asks Advanced Trade in its own words', () => {
    expect(advancedTicker.request(market, advanced, null).url).toBe(
      'https://api.coinbase.com/api/v3/brokerage/market/products/BTC-USD/ticker?limit=1',
    );
    expect(advancedCandles.request([barsQuestion('BTC-USD')], advanced, null).url).toBe(
      'https://api.coinbase.com/api/v3/brokerage/market/products/BTC-USD/candles?start=1795204800&end=1795208340&granularity=ONE_MINUTE',
    );
  });
});

describe('reading a ticker', () => {
  test('of Exchange takes price, book and time', () => {
    const { readings } = ticker.parse(responseOf(tickerBody), market, settings);
    expect(readings).toEqual([{ kind: 'ok', view: { kind: 'market', quote: QUOTE, bars: [] } }]);
  });

  test('of Advanced Trade takes the newest trade and the top of the book', () => {
    const { readings } = advancedTicker.parse(responseOf(tradesBody), market, advanced);
    expect(readings).toEqual([{ kind: 'ok', view: { kind: 'market', quote: QUOTE, bars: [] } }]);
  });

  test.each([
    { body: { ...tickerBody, price: 86421.53 }, verdict: 'badPayload' },
    { body: { ...tickerBody, price: '86,421.53' }, verdict: 'badPayload' },
    { body: { ...tickerBody, bid: '200000', ask: '200001' }, verdict: 'badPayload' },
    { body: { message: 'hello' }, verdict: 'badPayload' },
    { body: [], verdict: 'badPayload' },
  ])('$body is $verdict', ({ body, verdict }) => {
    expect(verdicts(ticker.parse(responseOf(body), market, settings).readings)).toEqual([verdict]);
  });

  test.each([
    {
      why: 'of another product',
      body: { ...tradesBody, trades: [{ ...tradesBody.trades[0], product_id: 'BTC-USDC' }] },
      verdict: 'mismatch',
    },
    { why: 'without trades', body: { ...tradesBody, trades: [] }, verdict: 'noData' },
    { why: 'without a list', body: { best_bid: '1' }, verdict: 'badPayload' },
  ])('of Advanced Trade $why is $verdict', ({ body, verdict }) => {
    expect(verdicts(advancedTicker.parse(responseOf(body), market, advanced).readings)).toEqual([verdict]);
  });
});

describe('reading candles', () => {
  const bars = [barsQuestion('BTC-USD')];

  test('minds the order of Exchange’s fields, turns the rows round and leaves the open one', () => {
    const body = [candle(30), candle(1), candle(0)];
    const { readings } = candles.parse(responseOf(body), bars, settings);
    expect(readings).toEqual([{ kind: 'ok', view: { kind: 'bars', bars: [bar(0), bar(1)] } }]);
  });

  test('takes the text fields of Advanced Trade', () => {
    const body = { candles: [advancedCandle(1), advancedCandle(0)] };
    const { readings } = advancedCandles.parse(responseOf(body), bars, advanced);
    expect(readings).toEqual([{ kind: 'ok', view: { kind: 'bars', bars: [bar(0), bar(1)] } }]);
  });

  test.each([
    { body: [], verdict: 'noData' },
    { body: { candles: [] }, verdict: 'badPayload' },
    { body: [candle(0).map(String)], verdict: 'badPayload' },
  ])('$body is $verdict', ({ body, verdict }) => {
    expect(verdicts(candles.parse(responseOf(body), bars, settings).readings)).toEqual([verdict]);
  });

  test('go on until the window is covered', () => {
    const fromMs = Date.UTC(2026, 10, 20, 11);
    const question = barsQuestion('BTC-USD', { fromMs }) as BarsQuestion;
    const second = fromMs + CANDLES_MAX * 60_000;
    expect(nextPageOf(question, [fromMs, null, second - 60_000])).toBe(String(second));
    expect(nextPageOf(question, [second])).toBeNull();
    expect(nextPageOf(question, [])).toBeNull();
  });
});

describe('refusals', () => {
  test.each([
    { status: 404, body: { message: 'NotFound' }, kind: 'unknownSymbol' },
    { status: 429, body: { message: 'Public rate limit exceeded' }, kind: 'limit' },
    { status: 400, body: { message: 'Unsupported granularity' }, kind: 'badRequest' },
    { status: 403, body: '<html><title>Forbidden</title></html>', kind: 'blocked' },
    { status: 500, body: { message: 'Internal server error' }, kind: 'down' },
    { status: 503, body: '', kind: 'down' },
  ])('of Exchange: $status $body is $kind', ({ status, body, kind }) => {
    const response = responseOf(body, status);
    expect(verdicts(ticker.parse(response, market, settings).readings)).toEqual([kind]);
    expect(verdicts(candles.parse(response, [barsQuestion('BTC-USD')], settings).readings)).toEqual([kind]);
  });

  test.each([
    { status: 404, body: { error: 'NOT_FOUND', error_details: '', message: '' }, kind: 'unknownSymbol' },
    {
      status: 429,
      body: { errors: [{ id: 'rate_limit_exceeded', message: 'Too many requests' }] },
      kind: 'limit',
    },
    { status: 400, body: { error: 'INVALID_ARGUMENT' }, kind: 'badRequest' },
  ])('of Advanced Trade: $status $body is $kind', ({ status, body, kind }) => {
    const response = responseOf(body, status);
    expect(verdicts(advancedTicker.parse(response, market, advanced).readings)).toEqual([kind]);
    expect(verdicts(advancedCandles.parse(response, [barsQuestion('BTC-USD')], advanced).readings)).toEqual([
      kind,
    ]);
  });
});

test('the allowance of Advanced Trade is read without its reset', () => {
  const headers = { 'x-ratelimit-limit': '10', 'x-ratelimit-remaining': '9', 'x-ratelimit-reset': '1' };
  expect(coinbaseAdvanced.limitState(responseOf({}, 200, headers))).toEqual({
    ...NO_LIMIT_STATE,
    max: 10,
    remaining: 9,
  });
});

describeTorture('coinbase', [
  {
    name: 'ticker',
    endpoint: ticker,
    batch: market,
    settings,
    response: responseOf(tickerBody),
    witness: (json) => field(json, 'price'),
  },
  {
    name: 'candles',
    endpoint: candles,
    batch: [barsQuestion('BTC-USD')],
    settings,
    response: responseOf([candle(30), candle(2), candle(1), candle(0)]),
  },
  {
    name: 'market/ticker',
    endpoint: advancedTicker,
    batch: market,
    settings: advanced,
    response: responseOf(tradesBody),
    witness: (json) => {
      const [trade] = Object.values(field(json, 'trades') as object);
      return field(trade, 'product_id') === 'BTC-USD' ? field(trade, 'price') : undefined;
    },
  },
  {
    name: 'market/candles',
    endpoint: advancedCandles,
    batch: [barsQuestion('BTC-USD')],
    settings: advanced,
    response: responseOf({ candles: [advancedCandle(2), advancedCandle(1), advancedCandle(0)] }),
  },
]);
