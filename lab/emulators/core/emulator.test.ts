import { describe, expect, test } from 'vitest';
import { ask, NOON_MS, requestOf, testEmulator, testLab } from '../../lab.testing.ts';

const KEY = { 'apca-api-key-id': 'key' };
const SNAPSHOTS = '/v2/stocks/snapshots?symbols=AAPL,NVDA';

test('an answer depends on seed, provider, symbol and time, not on what was asked before', () => {
  const asked = testEmulator('alpaca');
  for (let atMs = NOON_MS - 86_400_000; atMs < NOON_MS; atMs += 1_234_567)
    ask(asked, SNAPSHOTS, { headers: KEY, atMs });
  const fresh = ask(testEmulator('alpaca'), SNAPSHOTS, { headers: KEY });
  const later = ask(asked, SNAPSHOTS, { headers: KEY });
  expect(later.response.body).toBe(fresh.response.body);
  expect(later.delayMs).toBe(fresh.delayMs);
});

test('a page of news is kept as long as it is the same, and no longer', () => {
  const target = '/query?function=NEWS_SENTIMENT&tickers=AAPL&limit=50&apikey=key';
  const asked = testEmulator({ id: 'alpha-vantage', unlimited: true });
  const bodies = new Set<string>();
  for (const startMs of [NOON_MS, NOON_MS - 7_200_000]) {
    for (let atMs = startMs; atMs < startMs + 7_200_000; atMs += 57_000) {
      const fresh = testEmulator({ id: 'alpha-vantage', unlimited: true });
      const { body } = ask(asked, target, { atMs }).response;
      bodies.add(body);
      expect(body).toBe(ask(fresh, target, { atMs }).response.body);
    }
  }
  expect(bodies.size).toBeGreaterThan(5);
});

test('two providers see nearly the same price, and not quite', () => {
  const lab = testLab('alpaca', { id: 'alpaca2', kind: 'alpaca' });
  const [one, two] = [...lab.emulators.values()].map((emulator) =>
    Number(ask(emulator, SNAPSHOTS, { headers: KEY }).at('AAPL', 'latestTrade', 'p')),
  ) as [number, number];
  expect(one).not.toBe(two);
  expect(Math.abs(one / two - 1)).toBeLessThan(0.0004);
});

test('the provider counts what it saw: requests, statuses, refusals, questions, arrivals', () => {
  const emulator = testEmulator({ id: 'alpaca', acceptedKeys: ['key'] });
  ask(emulator, SNAPSHOTS, { headers: KEY });
  ask(emulator, SNAPSHOTS, { headers: { 'apca-api-key-id': 'other' } });
  ask(emulator, '/v2/nothing', { headers: KEY, atMs: NOON_MS + 1 });
  expect(emulator.count()).toMatchObject({
    requests: 3,
    byStatus: { 200: 1, 403: 1, 404: 1 },
    overLimit: 0,
    questions: 2,
    refusals: { auth: 1, noRoute: 1, limit: 0 },
  });
  expect(emulator.arrivals().map(({ atMs, route, status }) => [atMs, route, status])).toEqual([
    [NOON_MS, 'stocks/snapshots', 200],
    [NOON_MS, 'stocks/snapshots', 403],
    [NOON_MS + 1, 'none', 404],
  ]);
});

test('the arrival log keeps the newest ten thousand in order, the count all', () => {
  const emulator = testEmulator('binance');
  for (let at = 0; at < 10_003; at += 1) ask(emulator, '/api/v3/ping', { atMs: NOON_MS + at * 100 });
  const arrivals = emulator.arrivals();
  expect([arrivals.length, arrivals[0]?.atMs, arrivals.at(-1)?.atMs]).toEqual([
    10_000,
    NOON_MS + 300,
    NOON_MS + 1_000_200,
  ]);
  expect(emulator.count().requests).toBe(10_003);
});

describe('limits', () => {
  test('requests above the plan are refused in the provider’s own words and counted', () => {
    const emulator = testEmulator('alpaca');
    const statuses = Array.from({ length: 203 }, () => ask(emulator, SNAPSHOTS, { headers: KEY }).status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(200);
    expect(emulator.count()).toMatchObject({ overLimit: 3, refusals: { limit: 3 }, questions: 400 });
    expect(ask(emulator, SNAPSHOTS, { headers: KEY, atMs: NOON_MS + 60_000 }).status).toBe(200);
  });

  test('each key has its own', () => {
    const emulator = testEmulator('alpaca');
    for (let at = 0; at < 201; at += 1) ask(emulator, SNAPSHOTS, { headers: KEY });
    expect(ask(emulator, SNAPSHOTS, { headers: { 'apca-api-key-id': 'second' } }).status).toBe(200);
  });

  test('another plan allows more', () => {
    const emulator = testEmulator({ id: 'alpaca', plan: 'plus' });
    for (let at = 0; at < 400; at += 1) ask(emulator, SNAPSHOTS, { headers: KEY });
    expect(emulator.count().overLimit).toBe(0);
  });

  test('who goes on beyond Binance’s limit is banned, and free again when the ban is over', () => {
    const emulator = testEmulator('binance');
    const price = (atMs: number) =>
      ask(emulator, '/api/v3/klines?symbol=BTCUSDT&interval=1m&limit=1', { atMs });
    const statuses = Array.from({ length: 3_012 }, () => price(NOON_MS).status);
    expect(statuses.filter((status) => status === 429)).toHaveLength(10);
    const banned = price(NOON_MS + 60_000);
    expect([banned.status, banned.response.headers['retry-after']]).toEqual([418, '60']);
    expect(price(NOON_MS + 120_001).status).toBe(200);
  });
});

test('latency is log-normal around the median asked for', () => {
  const emulator = testEmulator({ id: 'alpaca', latencyMedianMs: 100 });
  const delays = Array.from({ length: 2_000 }, (_, at) =>
    emulator.serve(requestOf('/v2/none', KEY), NOON_MS + at * 1_000),
  )
    .map(({ delayMs }) => delayMs)
    .sort((a, b) => a - b);
  expect(delays[1_000]).toBeGreaterThan(93);
  expect(delays[1_000]).toBeLessThan(107);
  expect(delays[1_900]).toBeGreaterThan(170);
  expect(delays[1_900]).toBeLessThan(230);
});

test('an unknown provider or plan is refused by name', () => {
  expect(() => testLab('nasdaq')).toThrow('the lab has no provider "nasdaq"; it has alpaca');
  expect(() => testLab({ id: 'alpaca', plan: 'gold' })).toThrow(
    'alpaca has no plan "gold"; it has free, plus',
  );
});
