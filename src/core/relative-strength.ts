import { WilderMean } from './wilder-mean.ts';

/**
 * Wilder's relative strength index, 0 (only falls) to 100 (no falls).
 * @see Wilder, New Concepts in Technical Trading Systems (1978), section VI
 */
export class RelativeStrength {
  readonly #gain: WilderMean;
  readonly #loss: WilderMean;
  #last: number | null = null;

  constructor(bars: number) {
    this.#gain = new WilderMean(bars);
    this.#loss = new WilderMean(bars);
  }

  add(price: number): void {
    if (this.#last !== null) {
      this.#gain.add(Math.max(0, price - this.#last));
      this.#loss.add(Math.max(0, this.#last - price));
    }
    this.#last = price;
  }

  /** Null before so many changes. */
  get index(): number | null {
    const [gain, loss] = [this.#gain.mean, this.#loss.mean];
    if (gain === null || loss === null) return null;
    return loss === 0 ? 100 : 100 - 100 / (gain / loss + 1);
  }
}
