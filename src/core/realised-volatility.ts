import type { Bar } from './bar.ts';
import type { CellPlan, Cells } from './cells.ts';

/**
 * Volatility of one bar, as a share of the price: the root of an exponentially weighted mean of squared log returns.
 * A return over several intervals (a night, a missing minute) counts as that many equal small ones. The weights are
 * normalised, so the first estimates are plain means and not pulled towards zero.
 * @see J.P. Morgan/Reuters, RiskMetrics Technical Document (1996), section 5.2; decay from span as 1 - 2/(span + 1)
 */
export class RealisedVolatility {
  readonly #decay: number;
  readonly #weightedSquares: number;
  readonly #weights: number;

  /** `spanBars` as for an exponential average: the newest `spanBars` carry 86 % of the weight. */
  constructor(plan: CellPlan, spanBars: number) {
    this.#decay = 1 - 2 / (spanBars + 1);
    this.#weightedSquares = plan.reserve(1, 0);
    this.#weights = plan.reserve(1, 0);
  }

  /** Takes what {@link SquaredReturn} gives. */
  add(cells: Cells, square: number): void {
    cells[this.#weightedSquares] = this.#decay * (cells[this.#weightedSquares] ?? 0) + square;
    cells[this.#weights] = this.#decay * (cells[this.#weights] ?? 0) + 1;
  }

  /** Null before the first return. */
  perBar(cells: Cells): number | null {
    const weights = cells[this.#weights] ?? 0;
    return weights === 0 ? null : Math.sqrt((cells[this.#weightedSquares] ?? 0) / weights);
  }
}

/** Of the log return from each bar to the next, per interval. */
export class SquaredReturn {
  readonly #lastClose: number;
  readonly #lastOpenAtMs: number;

  constructor(plan: CellPlan) {
    this.#lastClose = plan.reserve(1, Number.NaN);
    this.#lastOpenAtMs = plan.reserve(1, Number.NaN);
  }

  /** Of the return to this bar from the one before; null of the first. */
  next(cells: Cells, { openAtMs, intervalMs, close }: Bar): number | null {
    const lastClose = cells[this.#lastClose] ?? Number.NaN;
    const lastOpenAtMs = cells[this.#lastOpenAtMs] ?? Number.NaN;
    cells[this.#lastClose] = close;
    cells[this.#lastOpenAtMs] = openAtMs;
    if (Number.isNaN(lastClose)) return null;
    const intervals = Math.max(1, (openAtMs - lastOpenAtMs) / intervalMs);
    const logReturn = Math.log(close / lastClose);
    return (logReturn * logReturn) / intervals;
  }
}
