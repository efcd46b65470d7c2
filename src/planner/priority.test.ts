import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AGEING_ROUNDS, type Prospect, priorityOf, worthOf } from './priority.ts';

const USUAL: Prospect = {
  weight: 1 / 4,
  distance: 0.25,
  ageTtls: 1,
  volatilityRatio: 1,
  moves: 0,
  useful: 1,
};

describe('the worth of a call', () => {
  test.each<[string, Partial<Prospect>, number]>([
    // 0.25 x (1 x 1 + 0) = 0.25, against 0.25 + 0.25.
    ['is even where the answer may shift as much as it must', {}, 0.5],
    ['is all of it on the threshold', { distance: 0 }, 1],
    ['is nothing where nothing can have changed', { ageTtls: 0 }, 0],
    ['is nothing on the threshold too where nothing can have changed', { ageTtls: 0, distance: 0 }, 0],
    ['rises with age like a random walk', { ageTtls: 9 }, 0.75],
    ['is that of sixteen TTLs where nothing is known', { ageTtls: Number.POSITIVE_INFINITY }, 0.8],
    ['rises with volatility', { volatilityRatio: 3 }, 0.75],
    ['rises with a move of the price', { moves: 2 }, 0.75],
    ['falls with a short rest of the session', { useful: 0.1 }, 0.05],
  ])('%s', (_title, change, expected) => {
    expect(worthOf({ ...USUAL, ...change })).toBeCloseTo(expected, 12);
  });

  test('stays within 0..1 and follows each of its parts', () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    const figure = fc.double({ min: 0, max: 100, noNaN: true });
    const prospect = fc.record({
      weight: share,
      distance: fc.double({ min: 0, max: 2, noNaN: true }),
      ageTtls: figure,
      volatilityRatio: figure,
      moves: figure,
      useful: share,
    });
    const part = fc.constantFrom('weight', 'ageTtls', 'volatilityRatio', 'moves', 'useful', 'distance');
    fc.assert(
      fc.property(prospect, part, share, (of, name, less) => {
        const worth = worthOf(of);
        expect(worth).toBeGreaterThanOrEqual(0);
        expect(worth).toBeLessThanOrEqual(1);
        const other = worthOf({ ...of, [name]: of[name] * less });
        const gained = name === 'distance' ? other - worth : worth - other;
        expect(gained).toBeGreaterThanOrEqual(-1e-12);
      }),
      { numRuns: 300 },
    );
  });
});

describe('the priority', () => {
  test.each([
    [0.4, false, 0, 0.2],
    [0.4, true, 0, 0.7],
    [0, true, 0, 0.5],
    [1, false, 0, 0.5],
    [0.4, false, AGEING_ROUNDS, 1.2],
  ])('of a worth of %d, pinned %s, held back %d times is %d', (worth, isPinned, heldBack, expected) => {
    expect(priorityOf(worth, { isPinned, heldBack })).toBeCloseTo(expected, 12);
  });
});
