/**
 * Wilder's moving average over `bars`: the plain mean of the first ones, from then on
 *
 *     mean + (value - mean) / bars
 *
 * @see Wilder, New Concepts in Technical Trading Systems (1978)
 */
export class WilderMean {
  readonly #bars: number;
  #count = 0;
  /** The sum of the first ones, then the mean. */
  #value = 0;

  constructor(bars: number) {
    this.#bars = bars;
  }

  add(value: number): void {
    if (this.#count >= this.#bars) {
      this.#value = (value - this.#value) * (1 / this.#bars) + this.#value;
      return;
    }
    this.#count += 1;
    this.#value += value;
    if (this.#count === this.#bars) this.#value /= this.#bars;
  }

  /** Null before so many values. */
  get mean(): number | null {
    return this.#count < this.#bars ? null : this.#value;
  }
}
