import type { Bar } from '../core/bar.ts';
import type { CellPlan, Cells } from '../core/cells.ts';
import type { NumberWindow } from '../core/number-window.ts';
import { RealisedVolatility, SquaredReturn } from '../core/realised-volatility.ts';
import { type BarRule, barAnalyst, type Finding } from './bar-analyst.ts';
import { STANDSTILL, scoreOf, signed } from './score.ts';

const SHORT_BARS = 5;
const MEDIUM_BARS = 15;
const LONG_BARS = 30;
const VOLATILITY_SPAN_BARS = 60;

class MomentumRule implements BarRule {
  readonly #closes: NumberWindow;
  readonly #square: SquaredReturn;
  readonly #volatility: RealisedVolatility;

  constructor(plan: CellPlan, closes: NumberWindow) {
    this.#closes = closes;
    this.#square = new SquaredReturn(plan);
    this.#volatility = new RealisedVolatility(plan, VOLATILITY_SPAN_BARS);
  }

  take(cells: Cells, bar: Bar): void {
    const square = this.#square.next(cells, bar);
    if (square !== null) this.#volatility.add(cells, square);
  }

  find(cells: Cells): Finding {
    const perBar = Math.max(this.#volatility.perBar(cells) ?? 0, STANDSTILL);
    const swings = (bars: number): number =>
      Math.log1p(this.#change(cells, bars)) / (perBar * Math.sqrt(bars));
    const mean = (swings(SHORT_BARS) + swings(MEDIUM_BARS) + swings(LONG_BARS)) / 3;
    const change = this.#change(cells, LONG_BARS);
    return {
      score: scoreOf(mean),
      because: () =>
        `${signed(100 * change, 2)} % over ${LONG_BARS} bars, over all spans ${signed(mean, 1)} usual swings`,
    };
  }

  /** Of the close, as a share, since so many bars ago. */
  #change(cells: Cells, bars: number): number {
    const before = this.#closes.at(cells, bars);
    return (this.#closes.at(cells, 0) - before) / before;
  }
}

/**
 * Expects a movement to go on. Inputs: closes of closed bars. Score: the mean over 5, 15 and 30 bars of the log return
 * divided by what chance alone would make of the recent volatility over that span (volatility x root of the bars); one
 * usual swing is clear (see scoreOf). Warm-up 60 bars, the span of the volatility.
 * @see Moskowitz, Ooi, Pedersen, Time Series Momentum, JFE 104 (2012): past return scaled by exponential volatility
 */
export const momentum = barAnalyst({
  id: 'momentum',
  warmupBars: 60,
  closes: LONG_BARS + 1,
  createRule: (plan, closes) => new MomentumRule(plan, closes),
});
