import { ROC } from 'trading-signals';
import type { Bar } from '../core/bar.ts';
import { RealisedVolatility } from '../core/realised-volatility.ts';
import { type BarRule, barAnalyst, type Finding } from './bar-analyst.ts';
import { STANDSTILL, scoreOf, signed } from './score.ts';

const SHORT_BARS = 5;
const MEDIUM_BARS = 15;
const LONG_BARS = 30;
const VOLATILITY_SPAN_BARS = 60;

/**
 * Expects a movement to go on. Inputs: closes of closed bars. Score: the mean over 5, 15 and 30 bars of the log return
 * divided by what chance alone would make of the recent volatility over that span (volatility x root of the bars); one
 * usual swing is clear (see scoreOf). Warm-up 60 bars, the span of the volatility.
 * @see Moskowitz, Ooi, Pedersen, Time Series Momentum, JFE 104 (2012): past return scaled by exponential volatility
 */
export const momentum = barAnalyst('momentum', 60, () => new MomentumRule());

class MomentumRule implements BarRule {
  readonly #short = new ROC(SHORT_BARS);
  readonly #medium = new ROC(MEDIUM_BARS);
  readonly #long = new ROC(LONG_BARS);
  readonly #volatility = new RealisedVolatility(VOLATILITY_SPAN_BARS);

  take(bar: Bar): void {
    this.#short.add(bar.close);
    this.#medium.add(bar.close);
    this.#long.add(bar.close);
    this.#volatility.add(bar);
  }

  find(): Finding {
    const perBar = Math.max(this.#volatility.perBar ?? 0, STANDSTILL);
    const swings = (change: number, bars: number): number => Math.log1p(change) / (perBar * Math.sqrt(bars));
    const long = this.#long.getResultOrThrow();
    const mean =
      (swings(this.#short.getResultOrThrow(), SHORT_BARS) +
        swings(this.#medium.getResultOrThrow(), MEDIUM_BARS) +
        swings(long, LONG_BARS)) /
      3;
    return {
      score: scoreOf(mean),
      because: `${signed(100 * long, 2)} % over ${LONG_BARS} bars, over all spans ${signed(mean, 1)} usual swings`,
    };
  }
}
