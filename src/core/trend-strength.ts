import { AverageTrueRange } from './average-true-range.ts';
import type { Bar } from './bar.ts';
import { WilderMean } from './wilder-mean.ts';

const PERIOD_BARS = 14;

/**
 * Wilder's average directional index over 14 bars: 0 (no direction) to 100 (one direction only), about 25 where a trend
 * begins to be one. Null before the 27th bar, counted from the first that moves. A bar that reaches equally far up and
 * down counts both ways, where Wilder counts neither: rare, and it only lowers the strength.
 * @see Wilder, New Concepts in Technical Trading Systems (1978)
 */
export class TrendStrength {
  readonly #range = new AverageTrueRange(PERIOD_BARS);
  readonly #up = new WilderMean(PERIOD_BARS);
  readonly #down = new WilderMean(PERIOD_BARS);
  readonly #strength = new WilderMean(PERIOD_BARS);
  #moving = false;
  #last: Pick<Bar, 'high' | 'low' | 'close'> | null = null;

  add(bar: Pick<Bar, 'high' | 'low' | 'close'>): void {
    const last = this.#last;
    this.#last = bar;
    // The index divides by the average range: started on bars that never moved, it would be 0/0 for ever.
    const begins = !this.#moving && (bar.high > bar.low || (last !== null && bar.close !== last.close));
    if (!this.#moving && !begins) return;
    this.#moving = true;
    const up = last === null || begins ? 0 : bar.high - last.high;
    const down = last === null || begins ? 0 : last.low - bar.low;
    this.#range.add(bar);
    this.#up.add(up < 0 || up < down ? 0 : up);
    this.#down.add(down < 0 || down < up ? 0 : down);
    const directed = this.#directed();
    if (directed !== null && !begins) this.#strength.add(directed);
  }

  get adx(): number | null {
    return this.#strength.mean;
  }

  /** How one-sided the movement is, 0 to 100; null while warming up. */
  #directed(): number | null {
    const [range, up, down] = [this.#range.range, this.#up.mean, this.#down.mean];
    if (range === null || up === null || down === null) return null;
    const [plus, minus] = [up / range, down / range];
    return plus + minus === 0 ? 0 : (Math.abs(plus - minus) / (plus + minus)) * 100;
  }
}
