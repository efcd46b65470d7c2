import type { Bar } from './bar.ts';
import type { CellPlan, Cells } from './cells.ts';
import { WilderMean } from './wilder-mean.ts';

type Candle = Pick<Bar, 'high' | 'low' | 'close'>;

/** Wilder's average true range, in price units: the range of each bar, from the close before where that lies outside. */
export class AverageTrueRange {
  readonly #mean: WilderMean;
  readonly #lastClose: number;

  constructor(plan: CellPlan, bars: number) {
    this.#mean = new WilderMean(plan, bars);
    this.#lastClose = plan.reserve(1, Number.NaN);
  }

  add(cells: Cells, { high, low, close }: Candle): void {
    const before = cells[this.#lastClose] ?? Number.NaN;
    const range = Number.isNaN(before)
      ? high - low
      : Math.max(high - low, Math.abs(high - before), Math.abs(low - before));
    this.#mean.add(cells, range);
    cells[this.#lastClose] = close;
  }

  /** Null before so many bars. */
  range(cells: Cells): number | null {
    return this.#mean.mean(cells);
  }
}
