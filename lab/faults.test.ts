import { describe, expect, test } from 'vitest';
import { PROVIDERS } from './emulators/catalogue.ts';
import type { Fault } from './faults.ts';
import { ask, leapingClock, NOON_MS, requestOf, testEmulator, testLab } from './lab.testing.ts';
import { labHttp } from './lab-http.ts';

const KEY = { 'apca-api-key-id': 'key' };
const TARGET = '/v2/stocks/snapshots?symbols=AAPL,NVDA';
const MINUTE_MS = 60_000;

const alpacaWith = (...faults: readonly Fault[]) => testEmulator({ id: 'alpaca', faults });
const askWith = (...faults: readonly Fault[]) => ask(alpacaWith(...faults), TARGET, { headers: KEY });
const sound = () => ask(alpacaWith(), TARGET, { headers: KEY });
const priceOf = (got: ReturnType<typeof ask>) => Number(got.at('AAPL', 'latestTrade', 'p'));
const timeOf = (got: ReturnType<typeof ask>) => Date.parse(String(got.at('AAPL', 'latestTrade', 't')));

describe('instead of an answer', () => {
  test.each([
    { fault: { kind: 'error500' }, status: 500, says: 'internal server error' },
    { fault: { kind: 'limit', retryAfterS: null }, status: 429, says: 'too many requests.' },
    { fault: { kind: 'ban', retryAfterS: 600 }, status: 418, says: 'banned' },
    { fault: { kind: 'limitIn200' }, status: 200, says: 'Information' },
    { fault: { kind: 'html403' }, status: 403, says: '<!DOCTYPE html>' },
  ] as const)('$fault.kind is a $status', ({ fault, status, says }) => {
    const { response } = askWith(fault);
    expect(response.status).toBe(status);
    expect(response.body).toContain(says);
  });

  test('a limit says when to come back only where planned', () => {
    expect(askWith({ kind: 'limit', retryAfterS: 30 }).response.headers['retry-after']).toBe('30');
    expect(askWith({ kind: 'limit', retryAfterS: null }).response.headers['retry-after']).toBeUndefined();
  });

  test('a planned limit is a refusal, but nobody was over the limit', () => {
    const emulator = alpacaWith({ kind: 'limit', retryAfterS: null });
    ask(emulator, TARGET, { headers: KEY });
    expect(emulator.count()).toMatchObject({ overLimit: 0, refusals: { limit: 1 }, byStatus: { 429: 1 } });
  });

  test.each(['dead', 'hang'] as const)('a request to a %s provider is counted as unanswered', (kind) => {
    const emulator = alpacaWith({ kind });
    expect(ask(emulator, TARGET, { headers: KEY }).fate).toBe(kind === 'dead' ? 'refused' : 'hang');
    expect(emulator.count()).toMatchObject({ requests: 1, byStatus: { 0: 1 }, questions: 0 });
  });
});

test('a share of a limit holds although headers speak of the whole', () => {
  const emulator = alpacaWith({ kind: 'limitShare', share: 0.5, toMs: NOON_MS + MINUTE_MS });
  const got = Array.from({ length: 101 }, () => ask(emulator, TARGET, { headers: KEY }));
  expect(got.map(({ status }) => status).lastIndexOf(200)).toBe(99);
  expect(got[100]?.response.headers['x-ratelimit-limit']).toBe('200');
  expect(emulator.count()).toMatchObject({ overLimit: 1, refusals: { limit: 1 } });
  expect(ask(emulator, TARGET, { headers: KEY, atMs: NOON_MS + MINUTE_MS }).status).toBe(200);
});

test('an account that may ask one at a time is refused until its answer is whole', () => {
  const emulator = testEmulator({ id: 'kraken', limits: [], concurrencyMax: 1, latencyMedianMs: 100 });
  const target = '/0/public/Ticker?pair=XBTUSD';
  const { delayMs } = ask(emulator, target);
  const tooMany = { error: ['EGeneral:Too many requests'] };
  const during = ask(emulator, target, { atMs: NOON_MS + delayMs - 1 });
  expect(JSON.parse(during.response.body)).toEqual(tooMany);
  expect(JSON.parse(ask(emulator, target, { atMs: NOON_MS + delayMs }).response.body)).not.toEqual(tooMany);
  expect(emulator.count().overLimit).toBe(1);
});

describe('spoilt on its way', () => {
  test('garbage and a truncated body are no JSON under a sound status', () => {
    for (const kind of ['garbage', 'truncated'] as const) {
      const { response, fate } = askWith({ kind });
      expect([response.status, fate]).toEqual([200, 'whole']);
      expect(() => JSON.parse(response.body) as unknown).toThrow();
    }
  });

  test('slow answers take that many times longer', () => {
    expect(askWith({ kind: 'slow', factor: 20 }).delayMs / sound().delayMs).toBeCloseTo(20, 0);
  });
});

describe('distorted in the provider’s own format', () => {
  test('price x 100 changes trade, quote and bars alike', () => {
    const got = askWith({ kind: 'priceFactor', factor: 100 });
    for (const path of [
      ['latestTrade', 'p'],
      ['latestQuote', 'bp'],
      ['minuteBar', 'c'],
      ['dailyBar', 'h'],
    ]) {
      expect(Number(got.at('AAPL', ...path)) / Number(sound().at('AAPL', ...path))).toBeCloseTo(100, 2);
    }
  });

  test('a shift moves the time of the datum', () => {
    const shifted = askWith({ kind: 'timeShift', ms: 10 * MINUTE_MS });
    expect(timeOf(shifted) - timeOf(sound())).toBe(10 * MINUTE_MS);
  });

  test('a wrong symbol answers about another instrument, by its right name', () => {
    const batch = '/v2/stocks/snapshots?symbols=AAPL,BRK.B';
    const got = ask(alpacaWith({ kind: 'wrongSymbol' }), batch, { headers: KEY });
    expect(got.at('AAPL')).toBeUndefined();
    expect(got.at('BRK.B')).toBeUndefined();
    expect(got.at('NVDA')).toBeDefined();
  });

  test('stale repeats the whole answer, frozen the price under new times', () => {
    const later = { headers: KEY, atMs: NOON_MS + 30 * MINUTE_MS };
    const stale = ask(alpacaWith({ kind: 'stale', fromMs: NOON_MS }), TARGET, later);
    expect(stale.response.body).toBe(sound().response.body);
    const frozen = ask(alpacaWith({ kind: 'frozen', fromMs: NOON_MS }), TARGET, later);
    expect(priceOf(frozen)).toBe(priceOf(sound()));
    expect(timeOf(frozen) - timeOf(sound())).toBe(30 * MINUTE_MS);
    expect(frozen.at('AAPL', 'minuteBar', 'v')).toBe(0);
  });

  test('one instrument may suffer alone', () => {
    const got = askWith({ kind: 'priceFactor', factor: 1.3, instrumentIds: ['AAPL'] });
    expect(priceOf(got) / priceOf(sound())).toBeCloseTo(1.3, 4);
    expect(got.at('NVDA')).toEqual(sound().at('NVDA'));
  });
});

test('a fault lasts from its start to before its end', () => {
  const emulator = alpacaWith({ kind: 'error500', fromMs: NOON_MS, toMs: NOON_MS + 1_000 });
  const statuses = [-1, 0, 999, 1_000].map(
    (ms) => ask(emulator, TARGET, { headers: KEY, atMs: NOON_MS + ms }).status,
  );
  expect(statuses).toEqual([200, 500, 500, 200]);
});

test('faults add up', () => {
  const got = askWith(
    { kind: 'priceFactor', factor: 2 },
    { kind: 'timeShift', ms: 1_000 },
    { kind: 'slow', factor: 3 },
  );
  expect(priceOf(got) / priceOf(sound())).toBeCloseTo(2, 4);
  expect(timeOf(got) - timeOf(sound())).toBe(1_000);
});

test.each(Object.keys(PROVIDERS))('%s says limit, ban, bad key, no route and down in its own words', (id) => {
  const limit = {
    name: 'x',
    max: 1,
    windowMs: 1,
    counting: 'fixed',
    unit: 'requests',
    refusal: 'limit',
  } as const;
  const provider = PROVIDERS[id];
  for (const refusal of [
    { kind: 'limit', limit, retryAfterMs: 1 },
    { kind: 'quota', limit, retryAfterMs: 1 },
    { kind: 'ban', retryAfterMs: 1 },
    { kind: 'auth', key: null },
    { kind: 'noRoute' },
    { kind: 'down' },
  ] as const) {
    const reply = provider?.refuse(refusal, requestOf('/x'));
    expect(reply?.body).toBeTruthy();
    if (refusal.kind === 'down') expect(reply?.status).toBeGreaterThanOrEqual(500);
  }
});

describe('over the Http port', () => {
  const send = async (faults: readonly Fault[], timeoutMs = 2_000, bytesMax = 1_000_000) => {
    const clock = leapingClock();
    const http = labHttp(testLab({ id: 'alpaca', faults }), clock);
    const url = `http://alpaca.lab${TARGET}`;
    const outcome = await http.send(
      { method: 'GET', url, headers: KEY, body: null },
      { timeoutMs, bytesMax },
    );
    return { outcome, tookMs: clock.nowMs() - NOON_MS };
  };

  test.each([
    { kind: 'dead', reason: 'connection', tookMs: 0 },
    { kind: 'hang', reason: 'timeout', tookMs: 2_000 },
    { kind: 'trickle', reason: 'timeout', tookMs: 2_000 },
  ] as const)('$kind ends as $reason after $tookMs ms', async ({ kind, reason, tookMs }) => {
    expect(await send([{ kind }])).toMatchObject({ outcome: { kind: 'failed', reason }, tookMs });
  });

  test('a reset, a large and a slow answer fail for their reasons', async () => {
    expect(await send([{ kind: 'reset' }])).toMatchObject({ outcome: { reason: 'connection' } });
    expect(await send([], 2_000, 100)).toMatchObject({ outcome: { reason: 'tooLarge' } });
    expect(await send([{ kind: 'slow', factor: 1_000 }])).toMatchObject({ outcome: { reason: 'timeout' } });
  });

  test('a sound answer arrives with the provider’s delay', async () => {
    const { outcome, tookMs } = await send([]);
    expect(outcome).toMatchObject({
      kind: 'response',
      response: { status: 200, receivedAtMs: NOON_MS + tookMs },
    });
    expect(tookMs).toBeGreaterThan(5);
  });

  test('a host that is not in the lab cannot be reached', async () => {
    const http = labHttp(testLab('alpaca'), leapingClock());
    const request = { method: 'GET', url: 'http://nowhere.lab/', headers: {}, body: null } as const;
    expect(await http.send(request, { timeoutMs: 1, bytesMax: 1 })).toMatchObject({ reason: 'connection' });
  });
});
