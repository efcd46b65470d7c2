import { describe, expect, test } from 'vitest';
import { NO_LIMIT_STATE } from '../../core/source.ts';
import { field } from '../door/json.ts';
import {
  endpointOf,
  questionOf,
  RECEIVED_AT_MS,
  responseOf,
  settingsOf,
  verdicts,
} from '../exchange.testing.ts';
import { describeTorture } from '../torture.testing.ts';
import { coingecko } from './coingecko.ts';

const settings = settingsOf(coingecko);
const prices = endpointOf(coingecko, 'simple/price');
const batch = ['BTC-USD', 'ETH-USD', 'BTC-EUR'].map((id) => questionOf('market', id));

const body = {
  ethereum: { usd: 2811.44, eur: 2430.1, last_updated_at: 1795208391 },
  bitcoin: { usd: 86421.53, eur: 74700.2, last_updated_at: 1795208390 },
};

describe('asking CoinGecko', () => {
  test('names coins by id, each once, and carries the key of the plan', () => {
    const request = prices.request(batch, settings, null);
    expect(request.url).toBe(
      'https://api.coingecko.com/api/v3/simple/price?ids=bitcoin%2Cethereum&vs_currencies=usd%2Ceur&include_last_updated_at=true&precision=full',
    );
    expect(request.headers).toMatchObject({ 'x-cg-demo-api-key': 'canary-apiKey-7f3a' });
    const pro = prices.request(batch, settingsOf(coingecko, { plan: 'pro' }), null);
    expect(pro.headers).toMatchObject({ 'x-cg-pro-api-key': 'canary-apiKey-7f3a' });
  });

  test('works without a key', () => {
    const { headers } = prices.request(batch, { ...settings, keys: {} }, null);
    expect(Object.keys(headers).filter((name) => name.startsWith('x-cg'))).toEqual([]);
  });

  test.each(['BTC-USDT', 'AAPL', 'NOPE-USD', 'VALUEOF-USD'])('does not offer %s', (id) => {
    expect(prices.accepts(questionOf('market', id).instrument)).toBe(false);
  });
});

describe('reading prices', () => {
  test('takes each coin in its currency', () => {
    const { readings } = prices.parse(responseOf(body), batch, settings);
    expect(readings.map((reading) => field(reading, 'view', 'quote'))).toEqual([
      {
        instrumentId: 'BTC-USD',
        price: 86421.53,
        currency: 'USD',
        bid: null,
        ask: null,
        eventAtMs: 1795208390000,
        receivedAtMs: RECEIVED_AT_MS,
      },
      expect.objectContaining({ instrumentId: 'ETH-USD', price: 2811.44 }),
      expect.objectContaining({ instrumentId: 'BTC-EUR', price: 74700.2, currency: 'EUR' }),
    ]);
  });

  test.each([
    { answer: {}, verdict: 'unknownSymbol' },
    { answer: { bitcoin: {} }, verdict: 'noData' },
    { answer: { bitcoin: { eur: 74700.2 } }, verdict: 'noData' },
    { answer: { bitcoin: { usd: null } }, verdict: 'badPayload' },
    { answer: { bitcoin: { usd: '86421.53' } }, verdict: 'badPayload' },
    { answer: [], verdict: 'badPayload' },
  ])('$answer is $verdict', ({ answer, verdict }) => {
    const { readings } = prices.parse(responseOf(answer), batch.slice(0, 1), settings);
    expect(verdicts(readings)).toEqual([verdict]);
  });
});

describe('refusals', () => {
  const status = (error_code: number) => ({ status: { error_code, error_message: 'no' } });

  test.each([
    { http: 429, answer: status(429), kind: 'limit' },
    { http: 200, answer: status(429), kind: 'limit' },
    { http: 401, answer: status(10002), kind: 'auth' },
    { http: 400, answer: status(10010), kind: 'auth' },
    { http: 400, answer: { error_code: 10011 }, kind: 'auth' },
    { http: 401, answer: status(10005), kind: 'plan' },
    { http: 403, answer: { error_code: 1020 }, kind: 'blocked' },
    { http: 404, answer: { error: 'coin not found' }, kind: 'badRequest' },
    { http: 422, answer: { error: 'invalid vs_currency' }, kind: 'badRequest' },
    { http: 502, answer: '<html></html>', kind: 'down' },
  ])('$http $answer is $kind', ({ http, answer, kind }) => {
    const { readings } = prices.parse(responseOf(answer, http), batch.slice(0, 1), settings);
    expect(verdicts(readings)).toEqual([kind]);
  });
});

test('the wait it asks for is heard', () => {
  expect(coingecko.limitState(responseOf('', 429, { 'retry-after': '7' }))).toEqual({
    ...NO_LIMIT_STATE,
    retryAfterMs: 7_000,
  });
});

describeTorture('coingecko', [
  {
    name: 'simple/price',
    endpoint: prices,
    batch,
    settings,
    response: responseOf(body),
    witness: (json, { base, quote }) =>
      field(json, base === 'BTC' ? 'bitcoin' : 'ethereum', quote === 'USD' ? 'usd' : 'eur'),
  },
]);
