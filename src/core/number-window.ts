import type { CellPlan, Cells } from './cells.ts';

/** The newest `length` numbers of a series. Adding one takes constant time. */
export class NumberWindow {
  readonly #length: number;
  /** Of the places of its numbers, and the one after them. */
  readonly #first: number;
  readonly #end: number;
  /** Holds how many have been added; in a full window that goes round from `length` to just below twice that. */
  readonly #added: number;

  constructor(plan: CellPlan, length: number) {
    this.#length = length;
    this.#first = plan.reserve(length, Number.NaN);
    this.#end = this.#first + length;
    this.#added = plan.reserve(1, 0);
  }

  add(cells: Cells, value: number): void {
    const added = this.#addedTo(cells);
    cells[this.#placeOf(added)] = value;
    cells[this.#added] = added + 1 === 2 * this.#length ? this.#length : added + 1;
  }

  isFull(cells: Cells): boolean {
    return this.#addedTo(cells) >= this.#length;
  }

  /** The one that leaves next; null while the window is not full. */
  oldest(cells: Cells): number | null {
    return this.isFull(cells) ? this.at(cells, this.#length - 1) : null;
  }

  /** The one `back` before the newest. Throws RangeError where the window does not reach that far. */
  at(cells: Cells, back: number): number {
    if (back >= this.#countOf(cells)) throw new RangeError(`nothing is known ${back} back`);
    return cells[this.#placeOf(this.#addedTo(cells) - 1 - back)] ?? Number.NaN;
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

  /** Of the newest `bars` at most, NaN for none. Summed from the oldest on: it comes out to the bit as over a list. */
  mean(cells: Cells, bars = this.#length): number {
    const count = Math.min(bars, this.#countOf(cells));
    let sum = 0;
    let place = this.#placeOf(this.#addedTo(cells) - count);
    for (let left = count; left > 0; left -= 1) {
      sum += cells[place] ?? Number.NaN;
      place = this.#after(place);
    }
    return sum / count;
  }

  /** The standard deviation of the same, as a population, around its `mean`. */
  deviation(cells: Cells, mean: number, bars = this.#length): number {
    const count = Math.min(bars, this.#countOf(cells));
    let squares = 0;
    let place = this.#placeOf(this.#addedTo(cells) - count);
    for (let left = count; left > 0; left -= 1) {
      const apart = (cells[place] ?? Number.NaN) - mean;
      squares += apart * apart;
      place = this.#after(place);
    }
    return Math.sqrt(squares / count);
  }

  #addedTo(cells: Cells): number {
    // An integer again when it leaves its cell: loops over doubles take twice as long.
    return (cells[this.#added] ?? 0) | 0;
  }

  #countOf(cells: Cells): number {
    return Math.min(this.#addedTo(cells), this.#length);
  }

  /** Where the one lies before which so many were added. */
  #placeOf(added: number): number {
    return this.#first + (added < this.#length ? added : added - this.#length);
  }

  #after(place: number): number {
    return place + 1 === this.#end ? this.#first : place + 1;
  }
}
