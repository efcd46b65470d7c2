import * as fc from 'fast-check';
import { ADX, ATR, BollingerBands, DonchianChannels, EMA, ROC, RSI, SMA, WSMA } from 'trading-signals';
import { expect, test } from 'vitest';
import { AverageTrueRange } from './average-true-range.ts';
import type { Bar } from './bar.ts';
import { CellPlan } from './cells.ts';
import { ExponentialMean } from './exponential-mean.ts';
import { NumberWindow } from './number-window.ts';
import { RelativeStrength } from './relative-strength.ts';
import { TrendStrength } from './trend-strength.ts';
import { WilderMean } from './wilder-mean.ts';

/** Held to the bit against a library that keeps more than is needed: thousands of symbols would not fit with it. */

const anyBar = fc
  .tuple(
    fc.double({ min: 1, max: 500, noNaN: true }),
    fc.double({ min: 0, max: 5, noNaN: true }),
    fc.double({ min: 0, max: 5, noNaN: true }),
    fc.integer({ min: 0, max: 1_000 }),
  )
  .map(
    ([close, above, below, volume]): Bar => ({
      openAtMs: 60_000,
      intervalMs: 60_000,
      open: close,
      high: close + above,
      low: Math.max(0.5, close - below),
      close,
      volume,
    }),
  );
const anyBars = fc.array(anyBar, { minLength: 1, maxLength: 90 });

type Library<Input> = { add(input: Input): unknown; readonly isStable: boolean; getResultOrThrow(): unknown };

/** The library's result after each input beside ours. */
function sideBySide<Input>(
  library: Library<Input>,
  inputs: readonly Input[],
  ours: (input: Input) => unknown,
): void {
  for (const input of inputs) {
    library.add(input);
    const own = ours(input);
    if (library.isStable) expect(own).toBe(library.getResultOrThrow());
  }
}

const closesOf = (bars: readonly Bar[]): number[] => bars.map(({ close }) => close);

test.each<[string, (bars: readonly Bar[]) => void]>([
  [
    'the exponential mean',
    (bars) => {
      const plan = new CellPlan();
      const mean = new ExponentialMean(plan, 10);
      const cells = plan.blank();
      sideBySide(new EMA(10), closesOf(bars), (close) => {
        mean.add(cells, close);
        return mean.mean(cells);
      });
    },
  ],
  [
    "Wilder's mean",
    (bars) => {
      const plan = new CellPlan();
      const mean = new WilderMean(plan, 14);
      const cells = plan.blank();
      sideBySide(new WSMA(14), closesOf(bars), (close) => {
        mean.add(cells, close);
        return mean.mean(cells);
      });
    },
  ],
  [
    'the average true range',
    (bars) => {
      const plan = new CellPlan();
      const range = new AverageTrueRange(plan, 14);
      const cells = plan.blank();
      sideBySide(new ATR(14), bars, (bar) => {
        range.add(cells, bar);
        return range.range(cells);
      });
    },
  ],
  [
    'the relative strength',
    (bars) => {
      const plan = new CellPlan();
      const strength = new RelativeStrength(plan, 14);
      const cells = plan.blank();
      sideBySide(new RSI(14), closesOf(bars), (close) => {
        strength.add(cells, close);
        return strength.index(cells);
      });
    },
  ],
  [
    'the mean of a window',
    (bars) => {
      const plan = new CellPlan();
      const window = new NumberWindow(plan, 20);
      const cells = plan.blank();
      sideBySide(new SMA(20), closesOf(bars), (close) => {
        window.add(cells, close);
        return window.mean(cells);
      });
    },
  ],
  [
    'the change over a window',
    (bars) => {
      const plan = new CellPlan();
      const window = new NumberWindow(plan, 6);
      const cells = plan.blank();
      sideBySide(new ROC(5), closesOf(bars), (close) => {
        window.add(cells, close);
        return window.oldest(cells) === null ? null : (close - window.at(cells, 5)) / window.at(cells, 5);
      });
    },
  ],
])('%s is that of trading-signals', (_name, compare) => {
  fc.assert(fc.property(anyBars, compare), { numRuns: 100 });
});

test('the trend strength is that of trading-signals from the first bar that moves', () => {
  fc.assert(
    fc.property(anyBars, (bars) => {
      const plan = new CellPlan();
      const strength = new TrendStrength(plan);
      const cells = plan.blank();
      const moving = bars.map((bar) => ({ ...bar, high: bar.high + 0.01 }));
      sideBySide(new ADX(14), moving, (bar) => {
        strength.add(cells, bar);
        return strength.adx(cells);
      });
    }),
    { numRuns: 100 },
  );
});

test('edges and deviation of a window are those of its channel and bands', () => {
  fc.assert(
    fc.property(anyBars, (bars) => {
      const plan = new CellPlan();
      const highs = new NumberWindow(plan, 20);
      const lows = new NumberWindow(plan, 20);
      const closes = new NumberWindow(plan, 20);
      const cells = plan.blank();
      const channel = new DonchianChannels(20);
      const bands = new BollingerBands(20, 1);
      for (const bar of bars) {
        highs.add(cells, bar.high);
        lows.add(cells, bar.low);
        closes.add(cells, bar.close);
        channel.add(bar);
        bands.add(bar.close);
      }
      expect(channel.isStable).toBe(highs.isFull(cells));
      if (!highs.isFull(cells)) return;
      const { middle, upper } = bands.getResultOrThrow();
      expect(highs.highest(cells)).toBe(channel.getResultOrThrow().upper);
      expect(lows.lowest(cells)).toBe(channel.getResultOrThrow().lower);
      expect(closes.mean(cells)).toBe(middle);
      expect(closes.deviation(cells, middle)).toBeCloseTo(upper - middle, 9);
    }),
    { numRuns: 100 },
  );
});
