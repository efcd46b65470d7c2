import * as fc from 'fast-check';
import { ADX, ATR, BollingerBands, DonchianChannels, EMA, ROC, RSI, SMA, WSMA } from 'trading-signals';
import { expect, test } from 'vitest';
import { AverageTrueRange } from './average-true-range.ts';
import type { Bar } from './bar.ts';
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
      const mean = new ExponentialMean(10);
      sideBySide(new EMA(10), closesOf(bars), (close) => {
        mean.add(close);
        return mean.mean;
      });
    },
  ],
  [
    "Wilder's mean",
    (bars) => {
      const mean = new WilderMean(14);
      sideBySide(new WSMA(14), closesOf(bars), (close) => {
        mean.add(close);
        return mean.mean;
      });
    },
  ],
  [
    'the average true range',
    (bars) => {
      const range = new AverageTrueRange(14);
      sideBySide(new ATR(14), bars, (bar) => {
        range.add(bar);
        return range.range;
      });
    },
  ],
  [
    'the relative strength',
    (bars) => {
      const strength = new RelativeStrength(14);
      sideBySide(new RSI(14), closesOf(bars), (close) => {
        strength.add(close);
        return strength.index;
      });
    },
  ],
  [
    'the mean of a window',
    (bars) => {
      const window = new NumberWindow(20);
      sideBySide(new SMA(20), closesOf(bars), (close) => {
        window.add(close);
        return window.mean;
      });
    },
  ],
  [
    'the change over a window',
    (bars) => {
      const window = new NumberWindow(6);
      sideBySide(new ROC(5), closesOf(bars), (close) => {
        window.add(close);
        return window.oldest === null ? null : (close - window.at(5)) / window.at(5);
      });
    },
  ],
])('%s is that of trading-signals', (_name, compare) => {
  fc.assert(fc.property(anyBars, compare), { numRuns: 100 });
});

test('the trend strength is that of trading-signals from the first bar that moves', () => {
  fc.assert(
    fc.property(anyBars, (bars) => {
      const strength = new TrendStrength();
      const moving = bars.map((bar) => ({ ...bar, high: bar.high + 0.01 }));
      sideBySide(new ADX(14), moving, (bar) => {
        strength.add(bar);
        return strength.adx;
      });
    }),
    { numRuns: 100 },
  );
});

test('edges and deviation of a window are those of its channel and bands', () => {
  fc.assert(
    fc.property(anyBars, (bars) => {
      const [highs, lows, closes] = [new NumberWindow(20), new NumberWindow(20), new NumberWindow(20)];
      const channel = new DonchianChannels(20);
      const bands = new BollingerBands(20, 1);
      for (const bar of bars) {
        highs.add(bar.high);
        lows.add(bar.low);
        closes.add(bar.close);
        channel.add(bar);
        bands.add(bar.close);
      }
      expect(channel.isStable).toBe(highs.isFull);
      if (!highs.isFull) return;
      const { middle, upper } = bands.getResultOrThrow();
      const squares = closes.fold((sum, close) => sum + (close - middle) ** 2, 0);
      expect(highs.highest).toBe(channel.getResultOrThrow().upper);
      expect(lows.lowest).toBe(channel.getResultOrThrow().lower);
      expect(closes.mean).toBe(middle);
      expect(Math.sqrt(squares / 20)).toBeCloseTo(upper - middle, 9);
    }),
    { numRuns: 100 },
  );
});
