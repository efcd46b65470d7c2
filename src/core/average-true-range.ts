import type { Bar } from './bar.ts';
import { WilderMean } from './wilder-mean.ts';

type Candle = Pick<Bar, 'high' | 'low' | 'close'>;

/** Wilder's average true range, in price units: the range of each bar, from the close before where that lies outside. */
export class AverageTrueRange {
  readonly #mean: WilderMean;
  #lastClose: number | null = null;

  constructor(bars: number) {
    this.#mean = new WilderMean(bars);
  }

  add({ high, low, close }: Candle): void {
    this.#mean.add(
      this.#lastClose === null
        ? high - low
        : Math.max(high - low, Math.abs(high - this.#lastClose), Math.abs(low - this.#lastClose)),
    );
    this.#lastClose = close;
  }

  /** Null before so many bars. */
  get range(): number | null {
    return this.#mean.mean;
  }
}
