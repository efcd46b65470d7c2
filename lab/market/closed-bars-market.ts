import { type Bar, type BarSet, closeAtMs, type DataLabel } from '../../src/index.ts';
import { mergeBars } from './bar-merge.ts';
import type { Market, MarketPrice } from './market.ts';

type Series = BarSet['series'][number];

/**
 * Recorded bars as a replay sees them: nothing but those that are closed. A price is the close of the newest of them, and there
 * is no forming candle, so that whoever looks here knows nothing of the bar that is under way. Bars shorter than the recorded
 * ones are answered with those, as in a replay.
 */
export class ClosedBarsMarket implements Market {
  readonly label: DataLabel;
  readonly instrumentIds: readonly string[];
  readonly #series: ReadonlyMap<string, Series>;

  constructor({ series }: Pick<BarSet, 'series'>, label: DataLabel) {
    this.label = label;
    this.#series = new Map(series.map((one) => [one.instrumentId, one]));
    this.instrumentIds = [...this.#series.keys()];
  }

  has(instrumentId: string): boolean {
    return this.#series.has(instrumentId);
  }

  priceAt(instrumentId: string, atMs: number): MarketPrice | null {
    const series = this.#series.get(instrumentId);
    const closed = series?.closedAt(atMs) ?? 0;
    if (series === undefined || closed === 0) return null;
    const bar = series.bar(closed - 1);
    return { price: bar.close, bid: bar.close, ask: bar.close, eventAtMs: closeAtMs(bar) };
  }

  barsBetween(instrumentId: string, intervalMs: number, fromMs: number, toMs: number): Bar[] {
    const series = this.#series.get(instrumentId);
    if (series === undefined) return [];
    const isMerged = intervalMs > series.intervalMs;
    if (isMerged && intervalMs % series.intervalMs !== 0) return [];
    const lengthMs = isMerged ? intervalMs : series.intervalMs;
    const first = series.before(Math.ceil(fromMs / lengthMs) * lengthMs);
    const end = series.closedAt(Math.floor(toMs / lengthMs) * lengthMs);
    const found = Array.from({ length: Math.max(0, end - first) }, (_, index) => series.bar(first + index));
    return isMerged ? mergeBars(found, intervalMs) : found;
  }

  formingBar(): null {
    return null;
  }
}
