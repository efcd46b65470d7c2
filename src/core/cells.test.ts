import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { AverageTrueRange } from './average-true-range.ts';
import { CellPlan, type Cells } from './cells.ts';
import { ExponentialMean } from './exponential-mean.ts';
import { NumberWindow } from './number-window.ts';
import { RelativeStrength } from './relative-strength.ts';

const anyPrices = fc.array(fc.double({ min: 1, max: 500, noNaN: true }), { maxLength: 40 });

/** Two windows with others between and after them. */
function followers(plan: CellPlan) {
  const short = new NumberWindow(plan, 3);
  const mean = new ExponentialMean(plan, 5);
  const range = new AverageTrueRange(plan, 4);
  const long = new NumberWindow(plan, 7);
  const strength = new RelativeStrength(plan, 4);
  return {
    add(cells: Cells, price: number): void {
      for (const follower of [short, mean, long, strength]) follower.add(cells, price);
      range.add(cells, { high: price + 1, low: price - 1, close: price });
    },
    known: (cells: Cells) => [
      short.mean(cells),
      short.oldest(cells),
      mean.mean(cells),
      range.range(cells),
      long.mean(cells),
      long.highest(cells),
      strength.index(cells),
    ],
  };
}

function alone(prices: readonly number[]) {
  const plan = new CellPlan();
  const all = followers(plan);
  const cells = plan.blank();
  for (const price of prices) all.add(cells, price);
  return all.known(cells);
}

test('two series in one plan know nothing of each other', () => {
  fc.assert(
    fc.property(anyPrices, anyPrices, (one, other) => {
      const plan = new CellPlan();
      const all = followers(plan);
      const [cells, others] = [plan.blank(), plan.blank()];
      for (let index = 0; index < Math.max(one.length, other.length); index += 1) {
        for (const price of one.slice(index, index + 1)) all.add(cells, price);
        for (const price of other.slice(index, index + 1)) all.add(others, price);
      }
      expect(all.known(cells)).toEqual(alone(one));
      expect(all.known(others)).toEqual(alone(other));
    }),
    { numRuns: 100 },
  );
});

test('those who share a plan have cells of their own', () => {
  fc.assert(
    fc.property(anyPrices, (prices) => {
      const [, , , , longMean, highest] = alone(prices);
      const newest = prices.slice(-7);
      expect(highest).toBe(Math.max(...newest));
      expect(longMean).toBe(newest.reduce((sum, price) => sum + price, 0) / newest.length);
    }),
    { numRuns: 100 },
  );
});
