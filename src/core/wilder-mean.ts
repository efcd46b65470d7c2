import type { CellPlan, Cells } from './cells.ts';

/**
 * Wilder's moving average over `bars`: the plain mean of the first ones, from then on
 *
 *     mean + (value - mean) / bars
 *
 * @see Wilder, New Concepts in Technical Trading Systems (1978)
 */
export class WilderMean {
  readonly #bars: number;
  readonly #count: number;
  /** The sum of the first ones, then the mean. */
  readonly #value: number;

  constructor(plan: CellPlan, bars: number) {
    this.#bars = bars;
    this.#count = plan.reserve(1, 0);
    this.#value = plan.reserve(1, 0);
  }

  add(cells: Cells, value: number): void {
    const count = cells[this.#count] ?? 0;
    const known = cells[this.#value] ?? 0;
    if (count >= this.#bars) {
      cells[this.#value] = (value - known) * (1 / this.#bars) + known;
      return;
    }
    cells[this.#count] = count + 1;
    cells[this.#value] = count + 1 === this.#bars ? (known + value) / this.#bars : known + value;
  }

  /** Null before so many values. */
  mean(cells: Cells): number | null {
    return (cells[this.#count] ?? 0) < this.#bars ? null : (cells[this.#value] ?? 0);
  }
}
