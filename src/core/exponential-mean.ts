import type { CellPlan, Cells } from './cells.ts';

/** Exponential moving average of span `bars`, seeded by its first value: mean + 2/(bars + 1) x (value - mean). */
export class ExponentialMean {
  readonly #weight: number;
  readonly #mean: number;

  constructor(plan: CellPlan, bars: number) {
    this.#weight = 2 / (bars + 1);
    this.#mean = plan.reserve(1, Number.NaN);
  }

  add(cells: Cells, value: number): void {
    const known = this.mean(cells);
    const before = Number.isNaN(known) ? value : known;
    cells[this.#mean] = value * this.#weight + before * (1 - this.#weight);
  }

  /** NaN before the first value. */
  mean(cells: Cells): number {
    return cells[this.#mean] ?? Number.NaN;
  }
}
