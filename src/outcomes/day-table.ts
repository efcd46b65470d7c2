const DAY_MS = 86_400_000;
const ROWS_AT_FIRST = 4;

/** What some outcomes come to in one figure, and how far its days lie apart. */
export type DaySummary = {
  readonly outcomes: number;
  /** UTC days in which they were recorded. */
  readonly days: number;
  /** As many days of one size would tell as much: n^2 / the sum of squared sizes (Kish 1965); at most `days`. */
  readonly daysEffective: number;
  readonly mean: number;
  /** Of the mean, as if the outcomes were independent of each other: s^2 / n. */
  readonly variance: number;
  /** Of the mean, as the days have it, whatever outcomes of one day have in common. Infinite over one day. */
  readonly dayVariance: number;
};

/** Where a figure has its count, its sum and the sum of its squares; of what is 0 or 1 the last two are one. */
export type DayColumns = readonly [count: number, sum: number, squares: number];

/** Sums by UTC day, some columns of them: all that is kept of any number of outcomes. */
export class DayTable {
  readonly #columns: number;
  readonly #rows = new Map<number, number>();
  #values: Float64Array;
  #day = Number.NaN;
  #at = 0;

  constructor(columns: number) {
    this.#columns = columns;
    this.#values = new Float64Array(ROWS_AT_FIRST * columns);
  }

  /** What is added from here on is of the day of `atMs` (Unix ms). */
  turnTo(atMs: number): void {
    const day = Math.floor(atMs / DAY_MS);
    if (day !== this.#day) this.#turnTo(day);
  }

  add(column: number, value: number): void {
    const at = this.#at + column;
    this.#values[at] = (this.#values[at] as number) + value;
  }

  /** Takes in another's sums of the same columns. */
  merge(other: DayTable): void {
    for (const [day, row] of other.#rows) {
      this.#turnTo(day);
      const from = row * this.#columns;
      for (let column = 0; column < this.#columns; column += 1)
        this.add(column, other.#values[from + column] as number);
    }
  }

  /**
   * The variance over days is the delete-one-cluster jackknife (CV3 in MacKinnon, Nielsen and Webb 2023, "Cluster-robust
   * inference: a guide to empirical practice", Journal of Econometrics 232): (G - 1) / G x the sum over G days of
   * (mean without the day - mean)^2. Over days of one size it is the usual cluster-robust one (Liang and Zeger 1986).
   */
  summary([count, sum, squares]: DayColumns): DaySummary {
    const outcomes = this.total(count);
    const mean = outcomes === 0 ? 0 : this.total(sum) / outcomes;
    let days = 0;
    let apart = 0;
    let sizes = 0;
    for (let at = 0; at < this.#rows.size * this.#columns; at += this.#columns) {
      const size = this.#values[at + count] as number;
      if (size === 0) continue;
      days += 1;
      sizes += size ** 2;
      const off = (this.#values[at + sum] as number) - size * mean;
      if (outcomes > size) apart += (off / (outcomes - size)) ** 2;
    }
    const spread = Math.max(0, this.total(squares) - outcomes * mean ** 2);
    return {
      outcomes,
      days,
      daysEffective: days === 0 ? 0 : outcomes ** 2 / sizes,
      mean,
      variance: outcomes < 2 ? Number.POSITIVE_INFINITY : spread / (outcomes - 1) / outcomes,
      dayVariance: days < 2 ? Number.POSITIVE_INFINITY : (apart * (days - 1)) / days,
    };
  }

  total(column: number): number {
    let total = 0;
    const end = this.#rows.size * this.#columns;
    for (let at = column; at < end; at += this.#columns) total += this.#values[at] as number;
    return total;
  }

  #turnTo(day: number): void {
    this.#day = day;
    const row = this.#rows.get(day) ?? this.#begin(day);
    this.#at = row * this.#columns;
  }

  #begin(day: number): number {
    const row = this.#rows.size;
    this.#rows.set(day, row);
    if (this.#rows.size * this.#columns > this.#values.length) {
      const wider = new Float64Array(2 * this.#values.length);
      wider.set(this.#values);
      this.#values = wider;
    }
    return row;
  }
}
