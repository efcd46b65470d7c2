import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Bar } from './bar.ts';
import { CellPlan } from './cells.ts';
import { TrendStrength } from './trend-strength.ts';

const PERIOD = 14;

function bar(minute: number, low: number, high: number, close: number): Bar {
  return { openAtMs: minute * 60_000, intervalMs: 60_000, open: close, high, low, close, volume: 1 };
}

function adxAfter(bars: readonly Bar[]): number | null {
  const plan = new CellPlan();
  const strength = new TrendStrength(plan);
  const cells = plan.blank();
  for (const each of bars) strength.add(cells, each);
  return strength.adx(cells);
}

/** Wilder's smoothing over a whole series: a mean of the first 14, then 1/14 of each newcomer. */
function smoothed(values: readonly number[]): number[] {
  const first = values.slice(0, PERIOD).reduce((sum, value) => sum + value, 0) / PERIOD;
  const result = [first];
  for (const value of values.slice(PERIOD)) {
    const before = result.at(-1) ?? 0;
    result.push(before + (value - before) / PERIOD);
  }
  return result;
}

/** The definition, over the whole series at once; the first bar has its own range and no movement, a tie moves both ways. */
function adxByDefinition(bars: readonly Bar[]): number {
  const steps = bars.map((now, index) => {
    const before = bars[index - 1];
    if (before === undefined) return { range: now.high - now.low, up: 0, down: 0 };
    const up = now.high - before.high;
    const down = before.low - now.low;
    return {
      range: Math.max(now.high, before.close) - Math.min(now.low, before.close),
      up: up >= down && up > 0 ? up : 0,
      down: down >= up && down > 0 ? down : 0,
    };
  });
  const ranges = smoothed(steps.map((step) => step.range));
  const downs = smoothed(steps.map((step) => step.down));
  const directions = smoothed(steps.map((step) => step.up)).map((up, index) => {
    const plus = up / (ranges[index] ?? Number.NaN);
    const minus = (downs[index] ?? Number.NaN) / (ranges[index] ?? Number.NaN);
    return plus + minus === 0 ? 0 : (100 * Math.abs(plus - minus)) / (plus + minus);
  });
  return smoothed(directions).at(-1) ?? Number.NaN;
}

const anyBars = fc
  .array(fc.tuple(fc.integer({ min: -30, max: 30 }), fc.integer({ min: 1, max: 20 }), fc.nat({ max: 20 })), {
    minLength: 27,
    maxLength: 80,
  })
  .map((steps) => {
    let close = 5_000;
    return steps.map(([move, above, below], index) => {
      close += move;
      return bar(index + 1, close - below, close + above, close);
    });
  });

describe('strength of a trend', () => {
  test('follows the definition', () => {
    fc.assert(
      fc.property(anyBars, (bars) => {
        expect(adxAfter(bars)).toBeCloseTo(adxByDefinition(bars), 8);
      }),
      { numRuns: 200 },
    );
  });

  test('is known from the 27th bar on', () => {
    const rising = Array.from({ length: 27 }, (_, index) =>
      bar(index + 1, 99 + index, 101 + index, 100 + index),
    );
    expect(adxAfter(rising.slice(0, 26))).toBeNull();
    expect(adxAfter(rising)).toBeCloseTo(100, 8);
  });

  test('starts at the first movement: a standstill at the beginning does not spoil it', () => {
    const still = Array.from({ length: 50 }, (_, index) => bar(index + 1, 100, 100, 100));
    const rising = Array.from({ length: 40 }, (_, index) =>
      bar(index + 51, 99 + index, 101 + index, 100 + index),
    );
    expect(adxAfter(still)).toBeNull();
    expect(adxAfter([...still, ...rising])).toBeGreaterThan(90);
  });
});
