import { AverageTrueRange } from './average-true-range.ts';
import type { Bar } from './bar.ts';
import type { CellPlan, Cells } from './cells.ts';
import { WilderMean } from './wilder-mean.ts';

const PERIOD_BARS = 14;

/**
 * Wilder's average directional index over 14 bars: 0 (no direction) to 100 (one direction only), about 25 where a trend
 * begins to be one. Null before the 27th bar, counted from the first that moves. A bar that reaches equally far up and
 * down counts both ways, where Wilder counts neither: rare, and it only lowers the strength.
 * @see Wilder, New Concepts in Technical Trading Systems (1978)
 */
export class TrendStrength {
  readonly #range: AverageTrueRange;
  readonly #up: WilderMean;
  readonly #down: WilderMean;
  readonly #strength: WilderMean;
  /** Whether prices have moved: 0 or 1. */
  readonly #moving: number;
  readonly #lastHigh: number;
  readonly #lastLow: number;
  readonly #lastClose: number;

  constructor(plan: CellPlan) {
    this.#range = new AverageTrueRange(plan, PERIOD_BARS);
    this.#up = new WilderMean(plan, PERIOD_BARS);
    this.#down = new WilderMean(plan, PERIOD_BARS);
    this.#strength = new WilderMean(plan, PERIOD_BARS);
    this.#moving = plan.reserve(1, 0);
    this.#lastHigh = plan.reserve(1, Number.NaN);
    this.#lastLow = plan.reserve(1, Number.NaN);
    this.#lastClose = plan.reserve(1, Number.NaN);
  }

  add(cells: Cells, bar: Pick<Bar, 'high' | 'low' | 'close'>): void {
    // The index divides by the average range: started on bars that never moved, it would be 0/0 for ever.
    if (cells[this.#moving] === 1) this.#move(cells, bar);
    else if (this.#begins(cells, bar)) this.#begin(cells, bar);
    cells[this.#lastHigh] = bar.high;
    cells[this.#lastLow] = bar.low;
    cells[this.#lastClose] = bar.close;
  }

  adx(cells: Cells): number | null {
    return this.#strength.mean(cells);
  }

  #begins(cells: Cells, { high, low, close }: Pick<Bar, 'high' | 'low' | 'close'>): boolean {
    const before = cells[this.#lastClose] ?? Number.NaN;
    return high > low || (!Number.isNaN(before) && close !== before);
  }

  /** The first that moves has its range and no direction. */
  #begin(cells: Cells, bar: Pick<Bar, 'high' | 'low' | 'close'>): void {
    cells[this.#moving] = 1;
    this.#range.add(cells, bar);
    this.#up.add(cells, 0);
    this.#down.add(cells, 0);
  }

  #move(cells: Cells, bar: Pick<Bar, 'high' | 'low' | 'close'>): void {
    const up = bar.high - (cells[this.#lastHigh] ?? Number.NaN);
    const down = (cells[this.#lastLow] ?? Number.NaN) - bar.low;
    this.#range.add(cells, bar);
    this.#up.add(cells, up < 0 || up < down ? 0 : up);
    this.#down.add(cells, down < 0 || down < up ? 0 : down);
    const directed = this.#directed(cells);
    if (directed !== null) this.#strength.add(cells, directed);
  }

  /** How one-sided the movement is, 0 to 100; null while warming up. */
  #directed(cells: Cells): number | null {
    const range = this.#range.range(cells);
    const up = this.#up.mean(cells);
    const down = this.#down.mean(cells);
    if (range === null || up === null || down === null) return null;
    const [plus, minus] = [up / range, down / range];
    return plus + minus === 0 ? 0 : (Math.abs(plus - minus) / (plus + minus)) * 100;
  }
}
