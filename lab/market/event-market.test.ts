import { describe, expect, test } from 'vitest';
import { barDefect } from '../../src/index.ts';
import { testMarket } from '../lab.testing.ts';
import { mergeBars } from './bar-merge.ts';
import { EventMarket, type MarketEvent } from './event-market.ts';

const plain = testMarket();
const MINUTE_MS = 60_000;
/** A Thursday in winter, New York trades. */
const AT_MS = Date.UTC(2026, 0, 15, 18, 0, 20);
const CRASH: MarketEvent = {
  kind: 'flashCrash',
  atMs: AT_MS,
  factor: 0.65,
  fallMs: 5 * MINUTE_MS,
  lowMs: 3 * MINUTE_MS,
  riseMs: 10 * MINUTE_MS,
};
const SPLIT: MarketEvent = { kind: 'split', atMs: AT_MS, factor: 0.1, instrumentIds: ['AAPL'] };

function shareOf(market: EventMarket, atMs: number, instrumentId = 'AAPL'): number {
  return (market.priceAt(instrumentId, atMs)?.price ?? 0) / (plain.priceAt(instrumentId, atMs)?.price ?? 1);
}

describe('a market with a flash crash', () => {
  const market = new EventMarket(plain, [CRASH]);

  test.each([
    { minute: -1, share: 1 },
    { minute: 5, share: 0.65 },
    { minute: 7.9, share: 0.65 },
    { minute: 13, share: Math.sqrt(0.65) },
    { minute: 18, share: 1 },
  ])('shows $share of the price after $minute minutes', ({ minute, share }) => {
    expect(shareOf(market, AT_MS + minute * MINUTE_MS)).toBeCloseTo(share, 2);
  });

  test('shows bars that are possible, agree with the ticks, and merge into longer ones', () => {
    const fromMs = Date.UTC(2026, 0, 15, 17, 30);
    const toMs = Date.UTC(2026, 0, 15, 19);
    const minutes = market.barsBetween('AAPL', MINUTE_MS, fromMs, toMs);
    expect(minutes).toHaveLength(90);
    for (const bar of minutes) {
      expect(barDefect(bar)).toBeNull();
      expect(bar.close).toBeCloseTo(market.priceAt('AAPL', bar.openAtMs + 55_000)?.price ?? 0, 9);
    }
    const long = market.barsBetween('AAPL', 5 * MINUTE_MS, fromMs, toMs);
    for (const [index, bar] of mergeBars(minutes, 5 * MINUTE_MS).entries()) {
      for (const key of ['open', 'high', 'low', 'close'] as const) {
        expect(long[index]?.[key]).toBeCloseTo(bar[key], 9);
      }
    }
  });
});

describe('a market with a split', () => {
  const market = new EventMarket(plain, [SPLIT]);

  test('shows a tenth from one tick to the next, and for ever', () => {
    expect(shareOf(market, AT_MS - 1)).toBe(1);
    expect(shareOf(market, AT_MS)).toBeCloseTo(0.1, 12);
    expect(shareOf(market, AT_MS + 86_400_000)).toBeCloseTo(0.1, 12);
    expect(shareOf(market, AT_MS, 'NVDA')).toBe(1);
  });

  test('leaves the bars before it as they were, and shows the step in the one it falls into', () => {
    const minuteMs = Math.floor(AT_MS / MINUTE_MS) * MINUTE_MS;
    const around = (which: typeof plain | EventMarket) =>
      which.barsBetween('AAPL', MINUTE_MS, minuteMs - MINUTE_MS, minuteMs + 2 * MINUTE_MS);
    const [before, step, after] = around(market);
    const [wasBefore, , wasAfter] = around(plain);
    expect(before).toEqual(wasBefore);
    expect((step?.low ?? 1) / (step?.high ?? 1)).toBeLessThan(0.11);
    expect((after?.close ?? 0) / (wasAfter?.close ?? 1)).toBeCloseTo(0.1, 12);
  });

  test('forms its open bar of what was traded so far', () => {
    const forming = market.formingBar('AAPL', MINUTE_MS, AT_MS);
    expect((forming?.close ?? 0) / (forming?.open ?? 1)).toBeCloseTo(0.1, 1);
    expect(market.formingBar('AAPL', MINUTE_MS, AT_MS - 5_000)?.low).toBeGreaterThan(forming?.low ?? 0);
  });
});
