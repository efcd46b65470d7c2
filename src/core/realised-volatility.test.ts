import { expect, test } from 'vitest';
import type { Bar } from './bar.ts';
import { CellPlan } from './cells.ts';
import { RealisedVolatility, SquaredReturn } from './realised-volatility.ts';

const MINUTE_MS = 60_000;

const bar = (minute: number, close: number): Bar => ({
  openAtMs: minute * MINUTE_MS,
  intervalMs: MINUTE_MS,
  open: close,
  high: close,
  low: close,
  close,
  volume: 1,
});

function after(spanBars: number, bars: readonly Bar[]): number | null {
  const plan = new CellPlan();
  const returns = new SquaredReturn(plan);
  const volatility = new RealisedVolatility(plan, spanBars);
  const cells = plan.blank();
  for (const each of bars) {
    const square = returns.next(cells, each);
    if (square !== null) volatility.add(cells, square);
  }
  return volatility.perBar(cells);
}

test('one bar has no volatility', () => {
  expect(after(20, [])).toBeNull();
  expect(after(20, [bar(1, 100)])).toBeNull();
});

test('equal returns of either sign are their own volatility, from the second bar on', () => {
  const up = 100 * Math.exp(0.01);
  expect(after(20, [bar(1, 100), bar(2, up)])).toBeCloseTo(0.01, 12);
  expect(after(20, [bar(1, 100), bar(2, up), bar(3, 100), bar(4, up)])).toBeCloseTo(0.01, 12);
});

test('two returns weigh 1 and the decay', () => {
  const decay = 1 - 2 / 21;
  const closes = [100, 100 * Math.exp(0.01), 100 * Math.exp(0.03)];
  const expected = Math.sqrt((decay * 0.01 ** 2 + 0.02 ** 2) / (decay + 1));
  expect(
    after(
      20,
      closes.map((close, index) => bar(index + 1, close)),
    ),
  ).toBeCloseTo(expected, 12);
});

test('a return over a night counts as many small ones', () => {
  expect(after(20, [bar(1, 100), bar(101, 100 * Math.exp(0.1))])).toBeCloseTo(0.1 / Math.sqrt(100), 12);
});

test('the newest span carries 86 % of the weight', () => {
  const spanBars = 40;
  expect(1 - (1 - 2 / (spanBars + 1)) ** spanBars).toBeCloseTo(0.865, 2);
});
