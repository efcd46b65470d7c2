/**
 * All that is remembered of one series: the numbers of its windows and averages side by side, in one list. As objects of
 * their own, boxed and padded, those of ten thousands of series would take three times the memory.
 */
export type Cells = number[];

/**
 * Which of the cells is whose. Whoever remembers something of a series reserves its cells once, when it is made, and is
 * handed the cells of the series in every call: it serves any number of series and remembers none itself.
 */
export class CellPlan {
  readonly #blank: Cells = [];

  /** The place of the first of `count` cells in a row, which hold `initial` in a series that has not begun. */
  reserve(count: number, initial: number): number {
    const first = this.#blank.length;
    for (let cell = 0; cell < count; cell += 1) this.#blank.push(initial);
    return first;
  }

  /** Those of a series that has not begun. */
  blank(): Cells {
    return this.#blank.slice();
  }
}
