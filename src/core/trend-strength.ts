import { ADX } from 'trading-signals';
import type { Bar } from './bar.ts';

const PERIOD_BARS = 14;

/**
 * Wilder's average directional index over 14 bars: 0 (no direction) to 100 (one direction only), about 25 where a trend
 * begins to be one. Null before the 27th bar, counted from the first that moves. A bar that reaches equally far up and
 * down counts both ways, where Wilder counts neither: rare, and it only lowers the strength.
 * @see Wilder, New Concepts in Technical Trading Systems (1978)
 */
export class TrendStrength {
  readonly #adx = new ADX(PERIOD_BARS);
  #moving = false;
  #lastClose: number | null = null;

  add(bar: Bar): void {
    // The index divides by the average range: started on bars that never moved, it would be 0/0 for ever.
    this.#moving ||= bar.high > bar.low || (this.#lastClose !== null && bar.close !== this.#lastClose);
    this.#lastClose = bar.close;
    if (this.#moving) this.#adx.add(bar);
  }

  get adx(): number | null {
    return this.#moving && this.#adx.isStable ? this.#adx.getResultOrThrow() : null;
  }
}
