import type { Bar } from '../core/bar.ts';
import { NumberWindow } from '../core/number-window.ts';
import { type BarRule, barAnalyst, type Finding } from './bar-analyst.ts';
import { STANDSTILL, scoreOf, signed } from './score.ts';

const CHANNEL_BARS = 20;

/**
 * Goes with prices that leave the range they were in, if volume goes along. Inputs: closes, highs, lows and volumes of
 * closed bars. Score: p³ (0.5 + v/(1 + v)), where p is the place of the close in the channel of the 20 bars before it
 * (1 at its high, -1 at its low) and v this bar's volume against the mean of those bars; a close at the edge on usual
 * volume is clear (see scoreOf), without any volume half of that. Warm-up 21 bars: the channel and one bar after it.
 * @see Donchian's channel rule as in Covel, The Complete TurtleTrader (2007); the weight of volume is Sextant's own
 */
export const breakout = barAnalyst('breakout', CHANNEL_BARS + 1, () => new BreakoutRule());

class BreakoutRule implements BarRule {
  readonly #highs = new NumberWindow(CHANNEL_BARS);
  readonly #lows = new NumberWindow(CHANNEL_BARS);
  readonly #volumes = new NumberWindow(CHANNEL_BARS);
  #place = 0;
  #volumeRatio = 0;

  take(bar: Bar): void {
    // Measured against the bars before: a bar that counts itself can never leave the channel.
    if (this.#highs.isFull) {
      const upper = this.#highs.highest;
      const lower = this.#lows.lowest;
      const middle = (upper + lower) / 2;
      const meanVolume = this.#volumes.mean;
      this.#place = (bar.close - middle) / Math.max((upper - lower) / 2, middle * STANDSTILL);
      this.#volumeRatio = meanVolume > 0 ? bar.volume / meanVolume : 0;
    }
    this.#highs.add(bar.high);
    this.#lows.add(bar.low);
    this.#volumes.add(bar.volume);
  }

  find(): Finding {
    // 0.5 + v/(1 + v), written so that it stays a number for any v.
    const confirmed = 1.5 - 1 / (1 + this.#volumeRatio);
    return {
      score: scoreOf(this.#place ** 3 * confirmed),
      because: `close at ${signed(this.#place, 2)} of the ${CHANNEL_BARS}-bar range (edges -1 and +1) on ${this.#volumeRatio.toFixed(1)} x the usual volume`,
    };
  }
}
