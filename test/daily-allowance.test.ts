import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { NOON_MS, testLab } from '../lab/lab.testing.ts';
import { labBaseUrl, labHttp } from '../lab/lab-http.ts';
import { GATEWAY_DEFAULTS } from '../src/core/gateway-options.ts';
import { instrumentOf } from '../src/core/instrument.ts';
import { SOURCE_DEFAULTS } from '../src/core/options.ts';
import { createGateway } from '../src/gateway/gateway.ts';
import { createGatewayMemoryFile } from '../src/platform/gateway-memory-file.ts';
import { createSeededRandom } from '../src/platform/seeded-random.ts';
import { createVirtualClock } from '../src/platform/virtual-clock.ts';
import { alphaVantage } from '../src/sources/alpha-vantage/alpha-vantage.ts';

/** 25 calls a day, asked for without a pause; Alpha Vantage's own count is the judge. */

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const CYCLE_MS = 15_000;
/** Of the session of New York on the day of NOON_MS. */
const OPEN_MS = Date.UTC(2026, 0, 15, 14, 30);
const CLOSE_MS = Date.UTC(2026, 0, 15, 21);

const folder = mkdtempSync(join(tmpdir(), 'sextant-allowance-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Days of asking for every symbol in every cycle, with a crash at each of the given moments. */
async function runDays(
  symbolIds: readonly string[],
  hours: readonly (readonly [number, number])[],
  crashesAtMs: readonly number[],
) {
  const lab = testLab({ id: 'alpha-vantage', plan: 'free' });
  const symbols = symbolIds.map((id) => instrumentOf(id));
  const memoryPath = join(folder, `${symbolIds.join('-')}-${crashesAtMs.length}.json`);
  const clock = createVirtualClock((hours[0]?.[0] ?? NOON_MS) - 1_000);
  const options = {
    ...SOURCE_DEFAULTS,
    id: 'alpha-vantage',
    kind: 'alpha-vantage',
    operator: 'alpha-vantage',
    analyst: 'gauge',
    baseUrl: labBaseUrl(lab, 'alpha-vantage'),
    keys: { apiKey: 'demo' },
    options: {},
    limits: alphaVantage.limits,
    priceUsdPerCall: 0,
    ttlMs: 900_000,
  };
  const start = () =>
    createGateway({
      sources: [{ source: alphaVantage, options }],
      symbols,
      memory: createGatewayMemoryFile(memoryPath),
      http: labHttp(lab, clock),
      clock,
      random: createSeededRandom('days'),
      options: GATEWAY_DEFAULTS,
      redact: (text) => text,
    });
  let gateway = start();
  const crashes = [...crashesAtMs];
  for (const [fromMs, untilMs] of hours) {
    for (let atMs = fromMs; atMs < untilMs; atMs += CYCLE_MS) {
      await clock.advanceTo(atMs);
      if ((crashes[0] ?? Number.POSITIVE_INFINITY) <= atMs) {
        crashes.shift();
        gateway = start();
      }
      const asks = symbols.map((instrument) => ({
        sourceId: 'alpha-vantage',
        question: { kind: 'gauge' as const, instrument },
        deadlineAtMs: atMs + 3_000,
      }));
      void gateway.ask(asks);
    }
  }
  await clock.advanceTo(clock.nowMs() + 10_000);
  const emulator = lab.emulators.get('alpha-vantage');
  return { count: lab.counts()['alpha-vantage'], arrivals: emulator?.arrivals() ?? [] };
}

function longestGapMs(
  arrivals: readonly { readonly atMs: number }[],
  fromMs: number,
  untilMs: number,
): number {
  const moments = [fromMs, ...arrivals.map(({ atMs }) => atMs), untilMs];
  return Math.max(...moments.slice(1).map((atMs, i) => atMs - (moments[i] ?? 0)));
}

describe('a day of 25 calls', () => {
  test('is spread over the session of the stock exchange, and used up by its end', async () => {
    const { count, arrivals } = await runDays(['AAPL', 'NVDA'], [[OPEN_MS, CLOSE_MS]], []);
    expect(count).toMatchObject({ overLimit: 0, refusals: { limit: 0, quota: 0 } });
    expect(arrivals.length).toBeGreaterThanOrEqual(23);
    const firstHour = arrivals.filter(({ atMs }) => atMs < OPEN_MS + HOUR_MS);
    expect(firstHour.length / arrivals.length).toBeLessThanOrEqual(0.28);
    expect(longestGapMs(arrivals, OPEN_MS, CLOSE_MS)).toBeLessThanOrEqual(20 * 60_000);
  });

  test('is spread over the whole day where crypto is among the symbols', async () => {
    const midnightMs = OPEN_MS - 14.5 * HOUR_MS;
    const { count, arrivals } = await runDays(['AAPL', 'BTC-USD'], [[midnightMs, midnightMs + DAY_MS]], []);
    expect(count).toMatchObject({ overLimit: 0, refusals: { limit: 0, quota: 0 } });
    expect(arrivals.length).toBeGreaterThanOrEqual(23);
    expect(longestGapMs(arrivals, midnightMs, midnightMs + DAY_MS)).toBeLessThanOrEqual(70 * 60_000);
  });

  test('is kept through crashes, day after day', async () => {
    // The Monday between is a holiday.
    const days = [0, 1, 5].map((day) => [OPEN_MS + day * DAY_MS, CLOSE_MS + day * DAY_MS] as const);
    const crashes = Array.from({ length: 40 }, (_, i) => OPEN_MS + (i + 1) * 600_000 + i * 13_337);
    const { count, arrivals } = await runDays(['AAPL', 'NVDA'], days, crashes);
    expect(count).toMatchObject({ overLimit: 0, refusals: { limit: 0, quota: 0 } });
    for (const [fromMs, untilMs] of days) {
      const ofDay = arrivals.filter(({ atMs }) => atMs >= fromMs && atMs < untilMs);
      expect(ofDay.length).toBeGreaterThanOrEqual(23);
      expect(ofDay.length).toBeLessThanOrEqual(25);
      expect(longestGapMs(ofDay, fromMs, untilMs)).toBeLessThanOrEqual(24 * 60_000);
    }
  });
});
