import { AverageTrueRange } from '../core/average-true-range.ts';
import type { Bar } from '../core/bar.ts';
import type { CellPlan, Cells } from '../core/cells.ts';
import { ExponentialMean } from '../core/exponential-mean.ts';
import { TrendStrength } from '../core/trend-strength.ts';
import { type BarRule, barAnalyst, type Finding } from './bar-analyst.ts';
import { STANDSTILL, scoreOf, signed } from './score.ts';

const FAST_BARS = 10;
const SLOW_BARS = 30;
const ATR_BARS = 14;
const RANGES_CLEAR = 1.5;
/** ADX from which on a market is said to trend. */
const ADX_CLEAR = 25;

class TrendRule implements BarRule {
  readonly #fast: ExponentialMean;
  readonly #slow: ExponentialMean;
  readonly #range: AverageTrueRange;
  readonly #strength: TrendStrength;

  constructor(plan: CellPlan) {
    this.#fast = new ExponentialMean(plan, FAST_BARS);
    this.#slow = new ExponentialMean(plan, SLOW_BARS);
    this.#range = new AverageTrueRange(plan, ATR_BARS);
    this.#strength = new TrendStrength(plan);
  }

  take(cells: Cells, bar: Bar): void {
    this.#fast.add(cells, bar.close);
    this.#slow.add(cells, bar.close);
    this.#range.add(cells, bar);
    this.#strength.add(cells, bar);
  }

  find(cells: Cells): Finding {
    const fast = this.#fast.mean(cells);
    const slow = this.#slow.mean(cells);
    const adx = this.#strength.adx(cells) ?? 0;
    const ranges = (fast - slow) / Math.max(this.#range.range(cells) ?? 0, slow * STANDSTILL);
    const strength = (2 * adx * adx) / (adx * adx + ADX_CLEAR * ADX_CLEAR);
    return {
      score: scoreOf((ranges / RANGES_CLEAR) * strength),
      because: () =>
        `${FAST_BARS}-bar average ${signed((100 * (fast - slow)) / slow, 2)} % from the ${SLOW_BARS}-bar one (${signed(ranges, 1)} ranges), ADX ${adx.toFixed(0)}`,
    };
  }
}

/**
 * Follows the trend. Inputs: closes, highs and lows of closed bars. Score: distance of the 10-bar from the 30-bar
 * exponential average in average true ranges, times 2 ADX²/(ADX² + 25²); 1.5 ranges at ADX 25 are clear (see scoreOf).
 * Averages are seeded by the first close, range and ADX are Wilder's. Warm-up 60 bars: by then the seed weighs 2 % of
 * the slow average. @see Appel, MACD (1979), for the pair of averages; Wilder (1978) for range and strength
 */
export const trend = barAnalyst({
  id: 'trend',
  warmupBars: 60,
  closes: 1,
  createRule: (plan) => new TrendRule(plan),
});
