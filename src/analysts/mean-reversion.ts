import type { Bar } from '../core/bar.ts';
import type { CellPlan, Cells } from '../core/cells.ts';
import type { NumberWindow } from '../core/number-window.ts';
import { RelativeStrength } from '../core/relative-strength.ts';
import { type BarRule, barAnalyst, type Finding } from './bar-analyst.ts';
import { STANDSTILL, scoreOf, signed } from './score.ts';

const RSI_BARS = 14;
const BAND_BARS = 20;
const RSI_CENTRE = 50;
/** Distance of the classic overbought (70) and oversold (30) lines from the centre. */
const RSI_CLEAR = 20;
/** Bollinger's classic band, in standard deviations. */
const DEVIATIONS_CLEAR = 2;

class MeanReversionRule implements BarRule {
  readonly #rsi: RelativeStrength;
  readonly #closes: NumberWindow;

  constructor(plan: CellPlan, closes: NumberWindow) {
    this.#rsi = new RelativeStrength(plan, RSI_BARS);
    this.#closes = closes;
  }

  take(cells: Cells, bar: Bar): void {
    this.#rsi.add(cells, bar.close);
  }

  find(cells: Cells): Finding {
    const middle = this.#closes.mean(cells, BAND_BARS);
    const deviation = this.#closes.deviation(cells, middle, BAND_BARS);
    if (deviation < middle * STANDSTILL) {
      return { score: 0, because: () => `price stands still over ${BAND_BARS} bars` };
    }
    const rsi = this.#rsi.index(cells) ?? RSI_CENTRE;
    const deviations = (this.#closes.at(cells, 0) - middle) / deviation;
    const stretch = ((rsi - RSI_CENTRE) / RSI_CLEAR + deviations / DEVIATIONS_CLEAR) / 2;
    return {
      score: scoreOf(-stretch),
      because: () =>
        `RSI ${rsi.toFixed(0)}, ${signed(deviations, 1)} deviations from the ${BAND_BARS}-bar average`,
    };
  }
}

/**
 * Expects a return to the mean: buys what has fallen far, sells what has risen far. Inputs: closes of closed bars.
 * Score: the mean of (50 - RSI)/20 and of the distance below the 20-bar average in two standard deviations; RSI 30 at
 * the lower band is clear (see scoreOf). Wilder RSI over 14 bars, population deviation. Warm-up 45 bars: by then the
 * RSI's first mean weighs 10 %. Prices that stand still score 0.
 * @see Wilder (1978), section VI; Bollinger, Bollinger on Bollinger Bands (2001)
 */
export const meanReversion = barAnalyst({
  id: 'meanReversion',
  warmupBars: 45,
  closes: BAND_BARS,
  createRule: (plan, closes) => new MeanReversionRule(plan, closes),
});
