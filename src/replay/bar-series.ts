import type { Bar } from '../core/bar.ts';

/** Of one bar: openAtMs, open, high, low, close, volume. */
const CELLS_PER_BAR = 6;
const FIRST_ROOM_BARS = 1_024;

type Figures = Omit<Bar, 'intervalMs'>;

/** Bars in the order in which they were put in, in 48 bytes each. */
export class BarColumn {
  #cells = new Float64Array(FIRST_ROOM_BARS * CELLS_PER_BAR);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  add({ openAtMs, open, high, low, close, volume }: Figures): void {
    const at = this.#length * CELLS_PER_BAR;
    if (at === this.#cells.length) {
      const wider = new Float64Array(2 * at);
      wider.set(this.#cells);
      this.#cells = wider;
    }
    const cells = this.#cells;
    cells[at] = openAtMs;
    cells[at + 1] = open;
    cells[at + 2] = high;
    cells[at + 3] = low;
    cells[at + 4] = close;
    cells[at + 5] = volume;
    this.#length += 1;
  }

  openAtMs(index: number): number {
    return this.#cells[index * CELLS_PER_BAR] ?? Number.NaN;
  }

  bar(index: number, intervalMs: number): Bar {
    if (index < 0 || index >= this.#length) throw new RangeError(`no bar at ${index} of ${this.#length}`);
    const cells = this.#cells;
    const at = index * CELLS_PER_BAR;
    return {
      openAtMs: cells[at] as number,
      intervalMs,
      open: cells[at + 1] as number,
      high: cells[at + 2] as number,
      low: cells[at + 3] as number,
      close: cells[at + 4] as number,
      volume: cells[at + 5] as number,
    };
  }
}

/** The recorded bars of one instrument: oldest first, each once, all of one length and aligned to it. */
export class BarSeries {
  readonly instrumentId: string;
  readonly intervalMs: number;
  readonly #column: BarColumn;

  constructor(instrumentId: string, intervalMs: number, column: BarColumn) {
    this.instrumentId = instrumentId;
    this.intervalMs = intervalMs;
    this.#column = column;
  }

  get length(): number {
    return this.#column.length;
  }

  bar(index: number): Bar {
    return this.#column.bar(index, this.intervalMs);
  }

  /** How many bars open before `atMs` (Unix ms). */
  before(atMs: number): number {
    let low = 0;
    let high = this.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#column.openAtMs(middle) < atMs) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** How many bars are closed at `nowMs` (Unix ms). */
  closedAt(nowMs: number): number {
    return this.before(nowMs - this.intervalMs + 1);
  }
}
