import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { WEIGHT_TOTAL_PPB } from '../core/vote.ts';
import { capPpb, shareOut } from './weights.ts';

function shares(...weights: readonly number[]): number[] {
  const sources = weights.map((weight, index) => ({ sourceId: `s${index}`, weight }));
  const ppb = shareOut(sources);
  return sources.map(({ sourceId }) => ppb.get(sourceId) ?? 0);
}

describe('sharing out', () => {
  test.each([
    { name: 'nobody gets nothing', weights: [], gives: [] },
    { name: 'one source has all', weights: [7], gives: [1_000_000_000] },
    { name: 'two share equally, whatever they weigh', weights: [9, 1], gives: [500_000_000, 500_000_000] },
    {
      name: 'so do three, the rest to the smallest id',
      weights: [1, 50, 2],
      gives: [333_333_334, 333_333_333, 333_333_333],
    },
    {
      name: 'weights under the cap keep their proportions',
      weights: [3, 3, 2, 2],
      gives: [300_000_000, 300_000_000, 200_000_000, 200_000_000],
    },
    {
      name: 'what one has above a third goes to the others in proportion',
      weights: [10, 2, 1, 1],
      gives: [333_333_333, 333_333_333, 166_666_667, 166_666_667],
    },
    {
      name: 'who is lifted above the cap by that is capped in turn',
      weights: [10, 3, 1, 1],
      gives: [333_333_333, 333_333_333, 166_666_667, 166_666_667],
    },
    {
      name: 'six equal ones',
      weights: [1, 1, 1, 1, 1, 1],
      gives: [166_666_667, 166_666_667, 166_666_667, 166_666_667, 166_666_666, 166_666_666],
    },
    {
      name: 'a weight too small to read counts as a millionth',
      weights: [1e-300, 1, 1, 1, 1],
      gives: [250, 249_999_938, 249_999_938, 249_999_937, 249_999_937],
    },
  ])('$name', ({ weights, gives }) => {
    expect(shares(...weights)).toEqual(gives);
  });

  test.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])('a weight of %d is refused', (weight) => {
    expect(() => shares(1, weight)).toThrow('a positive number');
  });

  test('a source named twice is refused', () => {
    expect(() =>
      shareOut([
        { sourceId: 'a', weight: 1 },
        { sourceId: 'a', weight: 2 },
      ]),
    ).toThrow('named twice');
  });
});

const anyWeights = fc.array(fc.oneof(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 1_000 })), {
  minLength: 1,
  maxLength: 12,
});

test('shares sum to the total, keep to the cap and the order of the weights, whatever the order of the sources', () => {
  fc.assert(
    fc.property(anyWeights, fc.integer({ min: 1, max: 1_000 }), (weights, factor) => {
      const ppb = shares(...weights);
      expect(ppb.reduce((sum, share) => sum + share, 0)).toBe(WEIGHT_TOTAL_PPB);
      expect(Math.max(...ppb)).toBeLessThanOrEqual(capPpb(weights.length));
      for (const [i, weight] of weights.entries()) {
        for (const [j, other] of weights.entries()) {
          if (weight > other) expect((ppb[i] ?? 0) + 1).toBeGreaterThanOrEqual(ppb[j] ?? 0);
          if (weight === other) expect(Math.abs((ppb[i] ?? 0) - (ppb[j] ?? 0))).toBeLessThanOrEqual(1);
        }
      }
      expect(shares(...weights.map((weight) => weight * factor))).toEqual(ppb);
      const sources = weights.map((weight, index) => ({ sourceId: `s${index}`, weight }));
      expect(shareOut(sources.toReversed())).toEqual(shareOut(sources));
    }),
    { numRuns: 500 },
  );
});

test('sources below the cap keep their proportions to each other within rounding', () => {
  fc.assert(
    fc.property(anyWeights, (weights) => {
      const ppb = shares(...weights);
      const free = weights.flatMap((weight, index) => {
        const share = ppb[index] ?? 0;
        return share < capPpb(weights.length) - 2 ? [{ weight, share }] : [];
      });
      for (const a of free) {
        for (const b of free) {
          expect(Math.abs(a.share * b.weight - b.share * a.weight)).toBeLessThanOrEqual(a.weight + b.weight);
        }
      }
    }),
    { numRuns: 500 },
  );
});
