import { expect, test } from 'vitest';
import { createSeededRandom } from './seeded-random.ts';

const firstOf = (seed: string, count: number): number[] => {
  const random = createSeededRandom(seed);
  return Array.from({ length: count }, () => random.next());
};

test('one seed has one history: these numbers may never change', () => {
  expect(firstOf('sextant', 3)).toEqual([0.952349589439109, 0.41244274959899485, 0.7244233184028417]);
});

test('similar seeds have nothing in common', () => {
  expect(firstOf('seed-1', 5)).not.toEqual(firstOf('seed-2', 5));
});

test('is uniform in [0, 1)', () => {
  const tenths = Array.from({ length: 10 }, () => 0);
  for (const number of firstOf('uniform', 50_000)) {
    expect(number >= 0 && number < 1).toBe(true);
    const tenth = Math.floor(number * 10);
    tenths[tenth] = (tenths[tenth] ?? 0) + 1;
  }
  const chiSquared = tenths.reduce((sum, count) => sum + (count - 5_000) ** 2 / 5_000, 0);
  // 99.9 % quantile for 9 degrees of freedom.
  expect(chiSquared).toBeLessThan(27.9);
});
