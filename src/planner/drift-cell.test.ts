import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createSeededRandom } from '../platform/seeded-random.ts';
import { conformalRank, DriftCell } from './drift-cell.ts';

const MISCOVERAGE = 0.001;

const RUNS = process.env.SEXTANT_SLOW === '1' ? { numRuns: 2_000 } : { numRuns: 60, seed: 20_260_115 };

/** Feeds drifts one by one and counts those beyond the bound that stood before. */
function missesOf(drifts: Iterable<number>, unasked: number, cell: DriftCell): number {
  let misses = 0;
  for (const drift of drifts) {
    const bound = cell.boundMicro(unasked);
    if (bound !== null && drift > bound) misses += 1;
    cell.add(drift);
  }
  return misses;
}

function* drawn(count: number, seed: string, scaleAt: (index: number) => number): Generator<number> {
  const random = createSeededRandom(seed);
  for (let index = 0; index < count; index += 1)
    yield Math.min(2_000_000, Math.round(random.next() ** 4 * scaleAt(index) * 1_000_000));
}

describe('the rank of the conformal quantile', () => {
  test.each([
    [998, 0.001, null],
    [999, 0.001, 999],
    [1_998, 0.0005, null],
    [1_999, 0.0005, 1_999],
    [1_999, 0.001, 1_998],
    [9, 0.25, 8],
    [5, 0, null],
    [5, -0.1, null],
  ])('of %i drifts at level %f is %s', (count, level, rank) => {
    expect(conformalRank(count, level)).toBe(rank);
  });

  test('is the least one that the next drift exceeds rarely enough, over all places it can take', () => {
    // In 128ths levels are exact doubles.
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 200 }), fc.integer({ min: 1, max: 127 }), (count, parts) => {
        // The next of n + 1 exchangeable drifts takes each place with the same chance.
        const missesAt = (rank: number) => count + 1 - rank;
        let least: number | null = null;
        for (let rank = count; rank >= 1; rank -= 1)
          if (missesAt(rank) * 128 <= parts * (count + 1)) least = rank;
        expect(conformalRank(count, parts / 128)).toBe(least);
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('the bound on drift', () => {
  test.each([1, 2, 3, 8])('with %i unasked is none until 1,000 pairs each are nearly there', (unasked) => {
    const cell = new DriftCell(MISCOVERAGE);
    for (let count = 0; count < 1_000 * unasked - 1; count += 1) {
      expect(cell.boundMicro(unasked)).toBeNull();
      cell.add(count % 7);
    }
    expect(cell.boundMicro(unasked)).toBe(6);
  });

  test('never exists for more unasked than it has levels for', () => {
    const cell = new DriftCell(MISCOVERAGE);
    for (let count = 0; count < 9_999; count += 1) cell.add(1);
    expect([8, 9].map((unasked) => cell.boundMicro(unasked))).toEqual([1, null]);
  });

  test('is the drift that a sorted list has at the rank, old pairs forgotten', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 999, maxLength: 1_500 }),
        (drifts) => {
          const cell = new DriftCell(MISCOVERAGE);
          for (const drift of [...Array.from({ length: 9_999 }, () => 7), ...drifts]) cell.add(drift);
          const kept = [...Array.from({ length: 9_999 - drifts.length }, () => 7), ...drifts];
          const sorted = kept.sort((a, b) => a - b);
          expect(cell.pairs).toBe(9_999);
          const levels = Array.from({ length: 10_000 }, (_, at) => sorted[at]);
          const bound = cell.boundMicro(1);
          expect(bound === null || levels.includes(bound)).toBe(true);
          // Adapted levels are never above the plain one, so the bound is never below the plain quantile.
          if (bound !== null) expect(bound).toBeGreaterThanOrEqual(sorted[9_989] ?? 0);
        },
      ),
      { numRuns: 5, seed: 1 },
    );
  });

  test.each([
    ['the same throughout', () => 1],
    ['ten times wilder from the middle on', (index: number) => (index < 20_000 ? 0.1 : 1)],
    ['creeping wider and wider', (index: number) => index / 40_000],
    ['wild in bursts', (index: number) => (index % 5_000 < 200 ? 1.5 : 0.2)],
  ])('covers a stream that is %s at the promised rate', (_name, scaleAt) => {
    for (const unasked of [1, 3]) {
      const misses = missesOf(drawn(40_000, 'drift', scaleAt), unasked, new DriftCell(MISCOVERAGE));
      expect(misses).toBeLessThanOrEqual((40_000 * MISCOVERAGE) / unasked + 3);
    }
  });

  test('is of use where the world holds still: most bounds exist and are far from the whole range', () => {
    const cell = new DriftCell(MISCOVERAGE);
    let bounded = 0;
    for (const drift of drawn(20_000, 'calm', () => 0.1)) {
      cell.add(drift);
      if ((cell.boundMicro(1) ?? 2_000_000) < 200_000) bounded += 1;
    }
    expect(bounded).toBeGreaterThan(10_000);
  });

  test('is missed no more often than promised on any stream, an enemy’s included', () => {
    const cell = new DriftCell(MISCOVERAGE);
    let misses = 0;
    // The enemy waits until a bound is stated and then goes just beyond it.
    for (let count = 0; count < 60_000; count += 1) {
      const bound = cell.boundMicro(1);
      if (bound !== null) misses += 1;
      cell.add(bound === null ? 0 : bound + 1);
    }
    expect(misses).toBeGreaterThan(3);
    expect(misses).toBeLessThanOrEqual(60_000 * MISCOVERAGE + 3);
  });

  test('holds its rate whatever levels the stream jumps between', () => {
    const anyJumps = fc.array(
      fc.record({
        length: fc.integer({ min: 1, max: 1_500 }),
        scale: fc.double({ min: 0, max: 2, noNaN: true }),
      }),
      { minLength: 1, maxLength: 8 },
    );
    fc.assert(
      fc.property(
        anyJumps,
        fc.integer({ min: 1, max: 8 }),
        fc.constantFrom(0.001, 0.01, 0.1),
        fc.string(),
        (jumps, unasked, miscoverage, seed) => {
          const drifts = jumps.flatMap(({ length, scale }) => [...drawn(length, seed, () => scale)]);
          const misses = missesOf(drifts, unasked, new DriftCell(miscoverage));
          expect(misses).toBeLessThanOrEqual((drifts.length * miscoverage) / unasked + 3);
        },
      ),
      RUNS,
    );
  });
});
