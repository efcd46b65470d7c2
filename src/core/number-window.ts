import type { CellPlan, Cells } from './cells.ts';

/** The newest `length` numbers of a series. Adding one takes constant time. */
export class NumberWindow {
  readonly #length: number;
  /** Of the places of its numbers, and the one after them. */
  readonly #first: number;
  readonly #end: number;
  /** Holds how many are known. */
  readonly #count: number;
  /** Holds where the next one goes: in a full window the place of the oldest. */
  readonly #next: number;

  constructor(plan: CellPlan, length: number) {
    this.#length = length;
    this.#first = plan.reserve(length, Number.NaN);
    this.#end = this.#first + length;
    this.#count = plan.reserve(1, 0);
    this.#next = plan.reserve(1, this.#first);
  }

  add(cells: Cells, value: number): void {
    const next = this.#placeOfNext(cells);
    const count = this.#countOf(cells);
    cells[next] = value;
    cells[this.#next] = this.#after(next);
    if (count < this.#length) cells[this.#count] = count + 1;
  }

  isFull(cells: Cells): boolean {
    return this.#countOf(cells) === this.#length;
  }

  /** The one that leaves next; null while the window is not full. */
  oldest(cells: Cells): number | null {
    return this.isFull(cells) ? this.at(cells, this.#length - 1) : null;
  }

  /** The one `back` before the newest. Throws RangeError where the window does not reach that far. */
  at(cells: Cells, back: number): number {
    if (back >= this.#countOf(cells)) throw new RangeError(`nothing is known ${back} back`);
    const place = this.#placeOfNext(cells) - 1 - back;
    return cells[place < this.#first ? place + this.#length : place] ?? Number.NaN;
  }

  highest(cells: Cells): number {
    let highest = Number.NEGATIVE_INFINITY;
    const end = this.#first + this.#countOf(cells);
    for (let place = this.#first; place < end; place += 1) {
      highest = Math.max(highest, cells[place] ?? Number.NaN);
    }
    return highest;
  }

  lowest(cells: Cells): number {
    let lowest = Number.POSITIVE_INFINITY;
    const end = this.#first + this.#countOf(cells);
    for (let place = this.#first; place < end; place += 1) {
      lowest = Math.min(lowest, cells[place] ?? Number.NaN);
    }
    return lowest;
  }

  /** NaN for an empty one. Summed from the oldest on: it comes out to the bit as over a list. */
  mean(cells: Cells): number {
    const count = this.#countOf(cells);
    let sum = 0;
    let place = this.#oldestPlace(cells);
    for (let left = count; left > 0; left -= 1) {
      sum += cells[place] ?? Number.NaN;
      place = this.#after(place);
    }
    return sum / count;
  }

  /** The standard deviation of the population around its `mean`. */
  deviation(cells: Cells, mean: number): number {
    const count = this.#countOf(cells);
    let squares = 0;
    let place = this.#oldestPlace(cells);
    for (let left = count; left > 0; left -= 1) {
      const apart = (cells[place] ?? Number.NaN) - mean;
      squares += apart * apart;
      place = this.#after(place);
    }
    return Math.sqrt(squares / count);
  }

  // What counts or points is an integer again when it leaves its cell: loops over doubles take twice as long.
  #countOf(cells: Cells): number {
    return (cells[this.#count] ?? 0) | 0;
  }

  #placeOfNext(cells: Cells): number {
    return (cells[this.#next] ?? 0) | 0;
  }

  #oldestPlace(cells: Cells): number {
    return this.isFull(cells) ? this.#placeOfNext(cells) : this.#first;
  }

  #after(place: number): number {
    return place + 1 === this.#end ? this.#first : place + 1;
  }
}
