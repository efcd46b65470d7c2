import { describe, expect, test } from 'vitest';
import { instrumentOf } from '../../core/instrument.ts';
import {
  endpointOf,
  questionOf,
  RECEIVED_AT_MS,
  responseOf,
  settingsOf,
  verdicts,
} from '../exchange.testing.ts';
import { describeTorture } from '../torture.testing.ts';
import { finnhub } from './finnhub.ts';

const settings = settingsOf(finnhub);
const quote = endpointOf(finnhub, 'quote');
const recommendation = endpointOf(finnhub, 'recommendation');
const aapl = questionOf('market', 'AAPL');
const rating = questionOf('rating', 'AAPL');

const EVENT_AT_S = 1_795_208_400;
const quoteBody = (fields: Readonly<Record<string, unknown>> = {}) => ({
  c: 271.34,
  d: 2.78,
  dp: 1.0351,
  h: 272.05,
  l: 268.1,
  o: 268.9,
  pc: 268.56,
  t: EVENT_AT_S,
  ...fields,
});
const month = (period: string, fields: Readonly<Record<string, unknown>> = {}) => ({
  symbol: 'AAPL',
  period,
  strongBuy: 13,
  buy: 24,
  hold: 7,
  sell: 2,
  strongSell: 0,
  ...fields,
});

describe('requests to Finnhub', () => {
  test.each([
    [quote, aapl, 'https://finnhub.io/api/v1/quote?symbol=AAPL'],
    [quote, questionOf('market', 'BTC-USDT'), 'https://finnhub.io/api/v1/quote?symbol=BINANCE%3ABTCUSDT'],
    [recommendation, rating, 'https://finnhub.io/api/v1/stock/recommendation?symbol=AAPL'],
  ])('%$ name one symbol and carry the key in a header', (endpoint, question, url) => {
    const request = endpoint.request([question], settings, null);
    expect(request.url).toBe(url);
    expect(request.headers['x-finnhub-token']).toBe('canary-apiKey-7f3a');
  });

  test('never ask USDT for USD, nor ratings of a coin', () => {
    expect(quote.accepts(instrumentOf('BTC-USD'))).toBe(false);
    expect(recommendation.accepts(instrumentOf('BTC-USDT'))).toBe(false);
  });
});

describe('a quote of Finnhub', () => {
  test('is stamped in seconds', () => {
    expect(quote.parse(responseOf(quoteBody()), [aapl], settings).readings).toMatchObject([
      { view: { quote: { price: 271.34, eventAtMs: EVENT_AT_S * 1000, receivedAtMs: RECEIVED_AT_MS } } },
    ]);
  });

  test.each([
    ['of zeros', { c: 0, d: null, dp: null, h: 0, l: 0, o: 0, pc: 0, t: 0 }, 'unknownSymbol'],
    ['priced 0 at a fresh time', quoteBody({ c: 0 }), 'badPayload'],
    ['without a time', quoteBody({ t: 0 }), 'badPayload'],
    ['stamped in ms', quoteBody({ t: EVENT_AT_S * 1000 }), 'badPayload'],
    ['in text', quoteBody({ c: '271.34' }), 'badPayload'],
    ['that is an error', { error: 'API limit reached. Please try again later. Remaining Limit: 0' }, 'limit'],
    ['that is another error', { error: 'canary-apiKey-7f3a is odd' }, 'badPayload'],
  ])('%s is refused', (_name, body, expected) => {
    const { readings } = quote.parse(responseOf(body), [aapl], settings);
    expect(verdicts(readings)).toEqual([expected]);
    expect(JSON.stringify(readings)).not.toContain('canary');
  });
});

describe('ratings of Finnhub', () => {
  test('are those of the newest month, wherever it stands', () => {
    const body = [month('2026-10-01', { buy: 1 }), month('2026-11-01'), month('2026-09-01', { buy: 2 })];
    expect(recommendation.parse(responseOf(body), [rating], settings).readings).toEqual([
      {
        kind: 'ok',
        view: {
          kind: 'rating',
          strongBuy: 13,
          buy: 24,
          hold: 7,
          sell: 2,
          strongSell: 0,
          eventAtMs: Date.UTC(2026, 10, 1),
        },
      },
    ]);
  });

  test.each([
    ['none', [], 'noData'],
    ['of another symbol', [month('2026-11-01', { symbol: 'TSLA' })], 'mismatch'],
    ['with a negative count', [month('2026-11-01', { sell: -1 })], 'badPayload'],
    ['with half an analyst', [month('2026-11-01', { sell: 0.5 })], 'badPayload'],
    ['with a count in text', [month('2026-11-01', { sell: '2' })], 'badPayload'],
    ['without a month', [month('last month')], 'badPayload'],
    ['in an object', { data: [month('2026-11-01')] }, 'badPayload'],
  ])('%s are refused', (_name, body, expected) => {
    expect(verdicts(recommendation.parse(responseOf(body), [rating], settings).readings)).toEqual([expected]);
  });
});

describe('an error of Finnhub', () => {
  test.each([
    [401, { error: 'Invalid API key' }, 'auth'],
    [403, { error: "You don't have access to this resource." }, 'plan'],
    [429, { error: 'API limit reached. Please try again later. Remaining Limit: 0' }, 'limit'],
    [502, '<html></html>', 'down'],
  ])('%i is %3$s', (status, body, expected) => {
    expect(verdicts(quote.parse(responseOf(body, status), [aapl], settings).readings)).toEqual([expected]);
  });

  test('tells when the allowance changes, in epoch seconds', () => {
    const headers = {
      'x-ratelimit-limit': '60',
      'x-ratelimit-remaining': '0',
      'x-ratelimit-reset': String(RECEIVED_AT_MS / 1000 + 40),
    };
    expect(finnhub.limitState(responseOf({}, 429, headers))).toMatchObject({
      max: 60,
      remaining: 0,
      resetAtMs: RECEIVED_AT_MS + 40_000,
    });
  });
});

describeTorture('finnhub', [
  {
    name: 'quote',
    endpoint: quote,
    batch: [aapl],
    settings,
    response: responseOf(quoteBody()),
    witness: (json) => (json as { c: unknown }).c,
  },
  {
    name: 'recommendation',
    endpoint: recommendation,
    batch: [rating],
    settings,
    response: responseOf([month('2026-11-01'), month('2026-10-01')]),
  },
]);
