import * as fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import type { Analyst, BarAnalystSpec } from '../core/analyst.ts';
import type { Bar } from '../core/bar.ts';
import { ANALYSTS } from './catalogue.ts';

const MINUTE_MS = 60_000;

/** A bar from the move before it and its reach, in parts per 10,000 of the price. */
type Step = {
  readonly move: number;
  readonly above: number;
  readonly below: number;
  readonly volume: number;
};

function series(steps: readonly Step[], startPrice = 100): Bar[] {
  let close = startPrice;
  return steps.map(({ move, above, below, volume }, index) => {
    const open = close;
    close = open * (1 + move / 10_000);
    return {
      openAtMs: (index + 1) * MINUTE_MS,
      intervalMs: MINUTE_MS,
      open,
      high: Math.max(open, close) * (1 + above / 10_000),
      low: Math.min(open, close) * (1 - below / 10_000),
      close,
      volume,
    };
  });
}

const anyStep: fc.Arbitrary<Step> = fc.record({
  // Standstills, everyday moves and crashes.
  move: fc.oneof(
    { weight: 6, arbitrary: fc.integer({ min: -30, max: 30 }) },
    { weight: 2, arbitrary: fc.constant(0) },
    { weight: 1, arbitrary: fc.integer({ min: -4_000, max: 4_000 }) },
  ),
  above: fc.nat({ max: 20 }),
  below: fc.nat({ max: 20 }),
  volume: fc.oneof(fc.constant(0), fc.nat({ max: 1_000_000 })),
});
const anySteps = fc.array(anyStep, { minLength: 60, maxLength: 150 });

function absorbed(spec: BarAnalystSpec, bars: readonly Bar[]): Analyst {
  const analyst = spec.create();
  analyst.absorb({ kind: 'bars', bars });
  return analyst;
}

const barSpecs = Object.values(ANALYSTS).filter((spec) => spec.needs === 'bars');

test('every analyst is registered under its own id', () => {
  expect(Object.keys(ANALYSTS)).toEqual([
    'trend',
    'meanReversion',
    'momentum',
    'breakout',
    'ensemble',
    'model',
    'ratings',
    'gauge',
  ]);
  for (const [id, spec] of Object.entries(ANALYSTS)) expect(spec.id).toBe(id);
});

describe.each(barSpecs.map((spec) => [spec.id, spec] as const))('the bar analyst %s', (_id, spec) => {
  test('speaks from the bar on that it states as its warm-up, and not before', () => {
    fc.assert(
      fc.property(anySteps, (steps) => {
        const bars = series(steps);
        expect(absorbed(spec, bars.slice(0, spec.warmupBars - 1)).assess()).toBeNull();
        expect(absorbed(spec, bars.slice(0, spec.warmupBars)).assess()).not.toBeNull();
      }),
      { numRuns: 30 },
    );
  });

  test('gives finite scores in [-1, 1], dated by the close of the newest bar', () => {
    fc.assert(
      fc.property(anySteps, (steps) => {
        const bars = series(steps);
        const assessment = absorbed(spec, bars).assess();
        expect(Math.abs(assessment?.score ?? Number.NaN)).toBeLessThanOrEqual(1);
        expect(assessment?.dataAtMs).toBe((bars.length + 1) * MINUTE_MS);
        expect(assessment?.because).not.toMatch(/NaN|Infinity|undefined/);
      }),
      { numRuns: 100 },
    );
  });

  test('thinks the same of bars whatever portions and overlaps they come in, and never looks ahead', () => {
    fc.assert(
      fc.property(anySteps, fc.integer({ min: 1, max: 40 }), (steps, portion) => {
        const bars = series(steps);
        const analyst = spec.create();
        for (let end = portion; end < bars.length; end += portion) {
          analyst.absorb({ kind: 'bars', bars: bars.slice(Math.max(0, end - 2 * portion), end) });
          expect(analyst.assess()).toEqual(absorbed(spec, bars.slice(0, end)).assess());
        }
      }),
      { numRuns: 30 },
    );
  });

  test('thinks the same of prices in any unit', () => {
    // Powers of two scale without rounding, so that it cannot decide between equal moves up and down.
    const anyFactor = fc.integer({ min: -12, max: 12 }).map((exponent) => 2 ** exponent);
    fc.assert(
      fc.property(anySteps, anyFactor, (steps, factor) => {
        const bars = series(steps);
        const scaled = bars.map((bar) => ({
          ...bar,
          open: bar.open * factor,
          high: bar.high * factor,
          low: bar.low * factor,
          close: bar.close * factor,
        }));
        expect(absorbed(spec, scaled).assess()).toEqual(absorbed(spec, bars).assess());
      }),
      { numRuns: 100 },
    );
  });

  test('has no opinion on a standstill', () => {
    const still = Array.from({ length: 100 }, () => ({ move: 0, above: 0, below: 0, volume: 0 }));
    expect(absorbed(spec, series(still, 0.1)).assess()?.score).toBeCloseTo(0, 6);
  });

  test('ignores bars of another length, late bars and answers of another kind', () => {
    const bars = series(
      Array.from({ length: 80 }, (_, index) => ({ move: index % 7, above: 3, below: 2, volume: 5 })),
    );
    const analyst = absorbed(spec, bars);
    const before = analyst.assess();
    const next = { ...bars[0], openAtMs: 81 * MINUTE_MS, intervalMs: 5 * MINUTE_MS } as Bar;
    analyst.absorb({ kind: 'bars', bars: [next, ...bars.slice(0, 3)] });
    analyst.absorb({ kind: 'stance', stance: 'sell', confidence: 1, rationale: '', eventAtMs: 1 });
    expect(analyst.assess()).toEqual(before);
  });

  test('keeps no history: past the warm-up, each bar takes the place of another in the same work', () => {
    const bars = series(
      Array.from({ length: 600 }, (_, index) => ({
        move: ((index * 37) % 41) - 20,
        above: 3,
        below: 2,
        volume: 5,
      })),
    );
    const analyst = absorbed(spec, bars.slice(0, 100));
    const pushed = vi.spyOn(Array.prototype, 'push');
    const shifted = vi.spyOn(Array.prototype, 'shift');
    const work = [bars.slice(100, 300), bars.slice(300, 500)].map((some) => {
      pushed.mockClear();
      shifted.mockClear();
      analyst.absorb({ kind: 'bars', bars: some });
      return { pushes: pushed.mock.calls.length, shifts: shifted.mock.calls.length };
    });
    vi.restoreAllMocks();
    expect(work[0]?.pushes).toBe(work[0]?.shifts);
    expect(work[1]).toEqual(work[0]);
  });
});

describe('bar analysts in a clear market', () => {
  const wave = (index: number): number => [4, -3, 6, -5, 2, -4][index % 6] ?? 0;
  const quiet = Array.from({ length: 100 }, (_, index) => ({
    move: wave(index),
    above: 3,
    below: 3,
    volume: 100,
  }));
  const run = (move: number, bars: number, volume: number): Step[] =>
    Array.from({ length: bars }, (_, index) => ({ move: move + wave(index), above: 3, below: 3, volume }));

  const scoreAfter = (id: string, steps: readonly Step[]): number => {
    const spec = ANALYSTS[id];
    if (spec?.needs !== 'bars') throw new Error(`${id} does not read bars`);
    return absorbed(spec, series(steps)).assess()?.score ?? Number.NaN;
  };

  test.each([
    ['trend', 1],
    ['momentum', 1],
    ['breakout', 1],
    ['ensemble', 1],
    ['meanReversion', -1],
  ])('%s answers a steady rise with direction %i, and a fall with the opposite', (id, direction) => {
    expect(direction * scoreAfter(id, [...quiet, ...run(8, 30, 200)])).toBeGreaterThan(0.35);
    expect(direction * scoreAfter(id, [...quiet, ...run(-8, 30, 200)])).toBeLessThan(-0.35);
  });

  test.each(['trend', 'momentum', 'breakout', 'ensemble', 'meanReversion'])(
    '%s is calm in a quiet market',
    (id) => {
      expect(Math.abs(scoreAfter(id, quiet))).toBeLessThan(0.25);
    },
  );

  test('a breakout without volume counts for less than one with it', () => {
    const loud = scoreAfter('breakout', [...quiet, ...run(9, 1, 300)]);
    const silent = scoreAfter('breakout', [...quiet, ...run(9, 1, 0)]);
    expect(loud).toBeGreaterThan(silent);
    expect(silent).toBeGreaterThan(0);
  });

  test('a volume beyond all measure is loud, and a score all the same', () => {
    const faint = quiet.map((step) => ({ ...step, volume: 1e-300 }));
    const loud = scoreAfter('breakout', [...faint, ...run(9, 1, 1e300)]);
    expect(loud).toBeGreaterThan(0);
    expect(loud).toBeLessThanOrEqual(1);
  });
});
