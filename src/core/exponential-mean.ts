/** Exponential moving average of span `bars`, seeded by its first value: mean + 2/(bars + 1) x (value - mean). */
export class ExponentialMean {
  readonly #weight: number;
  #mean = Number.NaN;

  constructor(bars: number) {
    this.#weight = 2 / (bars + 1);
  }

  add(value: number): void {
    const before = Number.isNaN(this.#mean) ? value : this.#mean;
    this.#mean = value * this.#weight + before * (1 - this.#weight);
  }

  /** NaN before the first value. */
  get mean(): number {
    return this.#mean;
  }
}
