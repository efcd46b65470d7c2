import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { scoreOf, signed } from './score.ts';

describe('score of a clearness', () => {
  test.each([
    [0, 0],
    [0.5, 0.1],
    [1, 0.38],
    [1.5, 0.72],
    [2, 0.92],
    [Number.POSITIVE_INFINITY, 1],
  ])('%d gives %d, and its negative the negative', (clearness, score) => {
    expect(scoreOf(clearness)).toBeCloseTo(score, 2);
    expect(scoreOf(-clearness)).toBeCloseTo(-score, 2);
  });

  test('rises with the clearness and stays in [-1, 1]', () => {
    const any = fc.double({ noNaN: true });
    fc.assert(
      fc.property(any, any, (a, b) => {
        expect(Math.abs(scoreOf(a))).toBeLessThanOrEqual(1);
        expect(scoreOf(Math.min(a, b))).toBeLessThanOrEqual(scoreOf(Math.max(a, b)));
      }),
    );
  });

  test('is never minus zero, which would be stored as another number than it is read', () => {
    expect(Object.is(scoreOf(-0), 0)).toBe(true);
    expect(Object.is(scoreOf(-1e-200), 0)).toBe(true);
  });
});

test.each([
  [1.236, 2, '+1.24'],
  [-0.5, 1, '-0.5'],
  [-0.001, 2, '0.00'],
  [0, 2, '0.00'],
])('%d with %d digits reads %s', (value, digits, text) => {
  expect(signed(value, digits)).toBe(text);
});
