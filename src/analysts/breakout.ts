import type { Bar } from '../core/bar.ts';
import type { CellPlan, Cells } from '../core/cells.ts';
import { NumberWindow } from '../core/number-window.ts';
import { type BarRule, barAnalyst, type Finding } from './bar-analyst.ts';
import { STANDSTILL, scoreOf, signed } from './score.ts';

const CHANNEL_BARS = 20;

class BreakoutRule implements BarRule {
  readonly #highs: NumberWindow;
  readonly #lows: NumberWindow;
  readonly #volumes: NumberWindow;
  readonly #place: number;
  readonly #volumeRatio: number;

  constructor(plan: CellPlan) {
    this.#highs = new NumberWindow(plan, CHANNEL_BARS);
    this.#lows = new NumberWindow(plan, CHANNEL_BARS);
    this.#volumes = new NumberWindow(plan, CHANNEL_BARS);
    this.#place = plan.reserve(1, 0);
    this.#volumeRatio = plan.reserve(1, 0);
  }

  take(cells: Cells, bar: Bar): void {
    // Measured against the bars before: a bar that counts itself can never leave the channel.
    if (this.#highs.isFull(cells)) {
      const upper = this.#highs.highest(cells);
      const lower = this.#lows.lowest(cells);
      const middle = (upper + lower) / 2;
      const meanVolume = this.#volumes.mean(cells);
      cells[this.#place] = (bar.close - middle) / Math.max((upper - lower) / 2, middle * STANDSTILL);
      cells[this.#volumeRatio] = meanVolume > 0 ? bar.volume / meanVolume : 0;
    }
    this.#highs.add(cells, bar.high);
    this.#lows.add(cells, bar.low);
    this.#volumes.add(cells, bar.volume);
  }

  find(cells: Cells): Finding {
    const place = cells[this.#place] ?? 0;
    const volumeRatio = cells[this.#volumeRatio] ?? 0;
    // 0.5 + v/(1 + v), written so that it stays a number for any v.
    const confirmed = 1.5 - 1 / (1 + volumeRatio);
    return {
      score: scoreOf(place ** 3 * confirmed),
      because: () =>
        `close at ${signed(place, 2)} of the ${CHANNEL_BARS}-bar range (edges -1 and +1) on ${volumeRatio.toFixed(1)} x the usual volume`,
    };
  }
}

/**
 * Goes with prices that leave the range they were in, if volume goes along. Inputs: closes, highs, lows and volumes of
 * closed bars. Score: p³ (0.5 + v/(1 + v)), where p is the place of the close in the channel of the 20 bars before it
 * (1 at its high, -1 at its low) and v this bar's volume against the mean of those bars; a close at the edge on usual
 * volume is clear (see scoreOf), without any volume half of that. Warm-up 21 bars: the channel and one bar after it.
 * @see Donchian's channel rule as in Covel, The Complete TurtleTrader (2007); the weight of volume is Sextant's own
 */
export const breakout = barAnalyst({
  id: 'breakout',
  warmupBars: CHANNEL_BARS + 1,
  closes: 1,
  createRule: (plan) => new BreakoutRule(plan),
});
