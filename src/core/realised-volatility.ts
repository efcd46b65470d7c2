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

  /** `spanBars` as for an exponential average: the newest `spanBars` carry 86 % of the weight. */
  constructor(spanBars: number) {
    this.#decay = 1 - 2 / (spanBars + 1);
  }

  /** Takes a {@link squaredReturn}. */
  add(square: number): void {
    this.#weightedSquares = this.#decay * this.#weightedSquares + square;
    this.#weights = this.#decay * this.#weights + 1;
  }

  /** Null before the first return. */
  get perBar(): number | null {
    return this.#weights === 0 ? null : Math.sqrt(this.#weightedSquares / this.#weights);
  }
}

/** Of the log return from the bar before, per interval. */
export function squaredReturn(before: Bar, bar: Bar): number {
  const intervals = Math.max(1, (bar.openAtMs - before.openAtMs) / bar.intervalMs);
  const logReturn = Math.log(bar.close / before.close);
  return (logReturn * logReturn) / intervals;
}
