import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createSeededRandom } from '../platform/seeded-random.ts';
import { comparePairedDays } from './paired-days.ts';

const compare = (a: readonly (readonly number[])[], b: readonly (readonly number[])[]) =>
  comparePairedDays(new Map(a.entries()), new Map(b.entries()), createSeededRandom('test'));
const days = (count: number, of: (day: number) => number[]) =>
  Array.from({ length: count }, (_, day) => of(day));

it('makes no number of fewer than ten days, or where one had no outcome at all', () => {
  const nine = days(9, () => [0.1]);
  expect(compare(nine, nine)).toEqual({ kind: 'notEnough', days: 9, daysMin: 10 });
  expect(
    compare(
      days(20, () => [0.1]),
      [],
    ),
  ).toMatchObject({ kind: 'notEnough', days: 20 });
});

it('finds what B makes more: pooled means, with whole days drawn again', () => {
  const a = days(12, (day) => [0.01, -0.01 * (day % 3)]);
  const b = days(12, (day) => [0.02, -0.01 * (day % 3)]);
  const compared = compare(a, b);
  if (compared.kind !== 'measured') throw new Error('twelve days are enough');
  expect(compared.expectancy.value).toBeCloseTo(0.005, 12);
  // The same every day, whatever days are drawn.
  expect(compared.expectancy.ci95[0]).toBeCloseTo(0.005, 12);
  expect(compared.expectancy.ci95[1]).toBeCloseTo(0.005, 12);
  expect(compared.winRate.value).toBe(0);
});

it('has an interval around what it found, and none for what is equal', () => {
  const returns = fc.array(
    fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 1, maxLength: 3 }),
    {
      minLength: 10,
      maxLength: 14,
    },
  );
  fc.assert(
    fc.property(returns, returns, (a, b) => {
      const compared = compare(a, b);
      if (compared.kind !== 'measured') throw new Error('ten days are enough');
      const { value, ci95 } = compared.expectancy;
      expect(ci95[0]).toBeLessThanOrEqual(ci95[1]);
      expect(Number.isFinite(value)).toBe(true);
      const itself = compare(a, a);
      expect(itself).toMatchObject({ expectancy: { value: 0, ci95: [0, 0] } });
    }),
    { numRuns: 10 },
  );
});

it('covers a true difference of nothing in about 95 of 100 samples', () => {
  const random = createSeededRandom('coverage');
  let covered = 0;
  for (let sample = 0; sample < 100; sample += 1) {
    const drawn = () => days(20, () => [random.next() - 0.5, random.next() - 0.5]);
    const compared = compare(drawn(), drawn());
    if (compared.kind !== 'measured') throw new Error('twenty days are enough');
    const [low, high] = compared.expectancy.ci95;
    if (low <= 0 && 0 <= high) covered += 1;
  }
  expect(covered).toBeGreaterThanOrEqual(87);
  expect(covered).toBeLessThanOrEqual(100);
});
