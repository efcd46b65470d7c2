import type { Bar } from './bar.ts';

/**
 * Volatility of one bar, as a share of the price: the root of an exponentially weighted mean of squared log returns.
 * A return over several intervals (a night, a missing minute) counts as that many equal small ones. The weights are
 * normalised, so the first estimates are plain means and not pulled towards zero.
 * @see J.P. Morgan/Reuters, RiskMetrics Technical Document (1996), section 5.2; decay from span as 1 - 2/(span + 1)
 */
export class RealisedVolatility {
  readonly #decay: number;
  #weightedSquares = 0;
  #weights = 0;
  #last: Bar | null = null;

  /** `spanBars` as for an exponential average: the newest `spanBars` carry 86 % of the weight. */
  constructor(spanBars: number) {
    this.#decay = 1 - 2 / (spanBars + 1);
  }

  add(bar: Bar): void {
    if (this.#last !== null) {
      const intervals = Math.max(1, (bar.openAtMs - this.#last.openAtMs) / bar.intervalMs);
      const logReturn = Math.log(bar.close / this.#last.close);
      this.#weightedSquares = this.#decay * this.#weightedSquares + (logReturn * logReturn) / intervals;
      this.#weights = this.#decay * this.#weights + 1;
    }
    this.#last = bar;
  }

  /** Null before the second bar. */
  get perBar(): number | null {
    return this.#weights === 0 ? null : Math.sqrt(this.#weightedSquares / this.#weights);
  }
}
