import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SIGNAL_DEFAULTS } from '../core/options.ts';
import { levelsOf } from './levels.ts';

const options = { ...SIGNAL_DEFAULTS, targetAtr: 3, stopAtr: 2 };

describe('levels', () => {
  test.each([
    ['BUY', 100, 1, 103, 98],
    ['SELL', 100, 1, 97, 102],
    ['BUY', 100, 0, 100.05, 99.95],
    ['SELL', 100, 40, 10, 180],
    ['BUY', 100, 60, 190, 10],
  ] as const)('%s at %d with a range of %d: target %d, stop %d', (side, entry, atr, target, stop) => {
    const levels = levelsOf(side, entry, atr, options);
    expect(levels.target).toBeCloseTo(target, 9);
    expect(levels.stop).toBeCloseTo(stop, 9);
  });

  test('are positive, the target on the side of the direction and the stop on the other', () => {
    const anyPrice = fc.double({ min: 1e-8, max: 1e7, noNaN: true });
    const anyAtr = fc.double({ min: 0, max: 1e8, noNaN: true });
    const anyRanges = fc.double({ min: 0.01, max: 50, noNaN: true });
    fc.assert(
      fc.property(anyPrice, anyAtr, anyRanges, anyRanges, (entry, atr, targetAtr, stopAtr) => {
        const buy = levelsOf('BUY', entry, atr, { ...options, targetAtr, stopAtr });
        const sell = levelsOf('SELL', entry, atr, { ...options, targetAtr, stopAtr });
        expect(buy.stop > 0 && buy.stop < entry && entry < buy.target).toBe(true);
        expect(sell.target > 0 && sell.target < entry && entry < sell.stop).toBe(true);
      }),
    );
  });
});
