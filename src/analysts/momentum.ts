import type { Bar } from '../core/bar.ts';
import { NumberWindow } from '../core/number-window.ts';
import { RealisedVolatility, squaredReturn } from '../core/realised-volatility.ts';
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
  readonly #closes = new NumberWindow(LONG_BARS + 1);
  readonly #volatility = new RealisedVolatility(VOLATILITY_SPAN_BARS);
  #last: Bar | null = null;

  take(bar: Bar): void {
    this.#closes.add(bar.close);
    if (this.#last !== null) this.#volatility.add(squaredReturn(this.#last, bar));
    this.#last = bar;
  }

  find(): Finding {
    const perBar = Math.max(this.#volatility.perBar ?? 0, STANDSTILL);
    const swings = (bars: number): number => Math.log1p(this.#change(bars)) / (perBar * Math.sqrt(bars));
    const mean = (swings(SHORT_BARS) + swings(MEDIUM_BARS) + swings(LONG_BARS)) / 3;
    return {
      score: scoreOf(mean),
      because: `${signed(100 * this.#change(LONG_BARS), 2)} % over ${LONG_BARS} bars, over all spans ${signed(mean, 1)} usual swings`,
    };
  }
  /** Of the close, as a share, since so many bars ago. */
  #change(bars: number): number {
    const before = this.#closes.at(bars);
    return (this.#closes.at(0) - before) / before;
  }
}
