import type { CellPlan, Cells } from './cells.ts';
import { WilderMean } from './wilder-mean.ts';

/**
 * Wilder's relative strength index, 0 (only falls) to 100 (no falls).
 * @see Wilder, New Concepts in Technical Trading Systems (1978), section VI
 */
export class RelativeStrength {
  readonly #gain: WilderMean;
  readonly #loss: WilderMean;
  readonly #last: number;

  constructor(plan: CellPlan, bars: number) {
    this.#gain = new WilderMean(plan, bars);
    this.#loss = new WilderMean(plan, bars);
    this.#last = plan.reserve(1, Number.NaN);
  }

  add(cells: Cells, price: number): void {
    const before = cells[this.#last] ?? Number.NaN;
    cells[this.#last] = price;
    if (Number.isNaN(before)) return;
    this.#gain.add(cells, Math.max(0, price - before));
    this.#loss.add(cells, Math.max(0, before - price));
  }

  /** Null before so many changes. */
  index(cells: Cells): number | null {
    const gain = this.#gain.mean(cells);
    const loss = this.#loss.mean(cells);
    if (gain === null || loss === null) return null;
    return loss === 0 ? 100 : 100 - 100 / (gain / loss + 1);
  }
}
