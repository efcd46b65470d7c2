import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Reliability } from '../core/track-record.ts';
import { ReliabilityTally } from './statistics-reliability.ts';

type Stated = readonly [confidence: number, isWon: boolean];

function reliabilityOf(stated: readonly Stated[], outcomesMin = 1): Reliability {
  const tally = new ReliabilityTally();
  for (const [confidence, isWon] of stated) tally.add(0, confidence, isWon);
  return tally.reliability(outcomesMin);
}

const times = (count: number, one: Stated): Stated[] => Array.from({ length: count }, () => one);

describe('Brier score and ECE', () => {
  test.each<{ name: string; stated: Stated[]; brier: number; ece: number }>([
    { name: 'certain and right', stated: times(4, [1, true]), brier: 0, ece: 0 },
    { name: 'certain and wrong', stated: times(4, [1, false]), brier: 1, ece: 1 },
    {
      name: 'even and even',
      stated: [...times(5, [0.5, true]), ...times(5, [0.5, false])],
      brier: 0.25,
      ece: 0,
    },
    // (0.81 + 0.01 x 3) / 4 = 0.21; stated 0.9, won 3 of 4.
    { name: 'a little too sure', stated: [...times(3, [0.9, true]), [0.9, false]], brier: 0.21, ece: 0.15 },
    // Buckets 0.2 and 0.8, each off by 0.2, though they cancel out over all.
    {
      name: 'off in both directions',
      stated: [...times(2, [0.2, false]), ...times(2, [0.8, true])],
      brier: 0.04,
      ece: 0.2,
    },
  ])('$name', ({ stated, brier, ece }) => {
    const found = reliabilityOf(stated);
    expect(found.brier).toMatchObject({ kind: 'measured', mean: expect.closeTo(brier, 12) });
    expect(found.ece).toMatchObject({ kind: 'measured', value: expect.closeTo(ece, 12) });
  });

  test('are those of the definitions, whatever was stated', () => {
    const anyStated = fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.boolean());
    fc.assert(
      fc.property(fc.array(anyStated, { minLength: 2, maxLength: 60 }), (stated) => {
        const n = stated.length;
        const brier = stated.reduce((sum, [p, won]) => sum + (p - Number(won)) ** 2, 0) / n;
        const buckets = Map.groupBy(stated, ([p]) => (p === 1 ? 9 : Math.floor(p * 10)));
        const ece = [...buckets.values()].reduce((sum, inside) => {
          const accuracy = inside.filter(([, won]) => won).length / inside.length;
          const confidence = inside.reduce((total, [p]) => total + p, 0) / inside.length;
          return sum + (inside.length / n) * Math.abs(accuracy - confidence);
        }, 0);
        const found = reliabilityOf(stated);
        expect(found.brier).toMatchObject({ mean: expect.closeTo(brier, 10) });
        expect(found.ece).toMatchObject({ value: expect.closeTo(ece, 10) });
      }),
      { numRuns: 100 },
    );
  });

  test('are none below the minimum, and a bucket of few outcomes has no rate of its own', () => {
    const few = reliabilityOf(times(9, [0.5, true]), 10);
    expect(few.ece).toMatchObject({ kind: 'notEnough', outcomes: 9, outcomesMin: 10 });
    expect(few.brier).toMatchObject({ kind: 'notEnough' });
    const enough = reliabilityOf([...times(9, [0.5, true]), ...times(9, [0.7, true])], 10);
    expect(enough.ece).toMatchObject({ kind: 'measured', outcomes: 18 });
    expect(enough.buckets.map(({ won }) => won.kind)).toEqual(Array(10).fill('notEnough'));
    expect(reliabilityOf([], 0).ece).toMatchObject({ kind: 'notEnough', outcomes: 0 });
  });
});

test.each([
  [0, 0],
  [0.0999, 0],
  [0.1, 1],
  [0.3, 3],
  [0.7, 7],
  [0.95, 9],
  [1, 9],
])('a confidence of %f falls into bucket %i', (confidence, bucket) => {
  const { buckets } = reliabilityOf(times(3, [confidence, true]));
  expect(buckets.map(({ won }) => won.outcomes).indexOf(3)).toBe(bucket);
  expect(buckets[bucket]).toMatchObject({ from: bucket / 10, to: (bucket + 1) / 10 });
});
