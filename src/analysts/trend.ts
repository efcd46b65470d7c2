import { AverageTrueRange } from '../core/average-true-range.ts';
import type { Bar } from '../core/bar.ts';
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

/**
 * Follows the trend. Inputs: closes, highs and lows of closed bars. Score: distance of the 10-bar from the 30-bar
 * exponential average in average true ranges, times 2 ADX²/(ADX² + 25²); 1.5 ranges at ADX 25 are clear (see scoreOf).
 * Averages are seeded by the first close, range and ADX are Wilder's. Warm-up 60 bars: by then the seed weighs 2 % of
 * the slow average. @see Appel, MACD (1979), for the pair of averages; Wilder (1978) for range and strength
 */
export const trend = barAnalyst('trend', 60, () => new TrendRule());

class TrendRule implements BarRule {
  readonly #fast = new ExponentialMean(FAST_BARS);
  readonly #slow = new ExponentialMean(SLOW_BARS);
  readonly #range = new AverageTrueRange(ATR_BARS);
  readonly #strength = new TrendStrength();

  take(bar: Bar): void {
    this.#fast.add(bar.close);
    this.#slow.add(bar.close);
    this.#range.add(bar);
    this.#strength.add(bar);
  }

  find(): Finding {
    const fast = this.#fast.mean;
    const slow = this.#slow.mean;
    const adx = this.#strength.adx ?? 0;
    const ranges = (fast - slow) / Math.max(this.#range.range ?? 0, slow * STANDSTILL);
    const strength = (2 * adx * adx) / (adx * adx + ADX_CLEAR * ADX_CLEAR);
    const apart = signed((100 * (fast - slow)) / slow, 2);
    return {
      score: scoreOf((ranges / RANGES_CLEAR) * strength),
      because: `${FAST_BARS}-bar average ${apart} % from the ${SLOW_BARS}-bar one (${signed(ranges, 1)} ranges), ADX ${adx.toFixed(0)}`,
    };
  }
}
