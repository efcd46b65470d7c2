import { expect, test } from 'vitest';
import { criticalPathMs, percentile } from './critical-path.ts';

const exchange = (startMs: number, endMs: number, serverMs = endMs - startMs) => ({
  startMs,
  endMs,
  serverMs,
});

test.each([
  ['nothing asked', [], 100, 0],
  ['one exchange', [exchange(0, 50, 48)], 52, 48],
  ['parallel ones count once, the slowest', [exchange(0, 50), exchange(0, 90), exchange(1, 60)], 95, 90],
  ['a chain adds up', [exchange(0, 40), exchange(41, 100)], 101, 99],
  ['what ends after the cycle was not waited for', [exchange(0, 40), exchange(0, 900)], 45, 40],
  [
    'a chain goes back over the latest that had ended',
    [exchange(0, 30), exchange(0, 60), exchange(61, 100)],
    101,
    99,
  ],
] as const)('%s', (_title, exchanges, cycleEndMs, expected) => {
  expect(criticalPathMs([...exchanges], cycleEndMs)).toBe(expected);
});

test('percentiles are samples by nearest rank', () => {
  const samples = [5, 1, 4, 2, 3];
  expect(percentile(samples, 0.5)).toBe(3);
  expect(percentile(samples, 0.99)).toBe(5);
  expect(percentile(samples, 0)).toBe(1);
  expect(percentile([], 0.5)).toBeNull();
});
