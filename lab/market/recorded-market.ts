import { type Bar, type BarText, closeAtMs, type DataLabel, readBarSet } from '../../src/index.ts';
import { keyOf, subkey, uniformAt } from '../chance.ts';
import { mergeBars } from './bar-merge.ts';
import { type Market, type MarketPrice, TICK_MS } from './market.ts';

type Series = { readonly key: number; readonly intervalMs: number; readonly bars: readonly Bar[] };

export type RecordedMarketRead =
  | { readonly kind: 'ok'; readonly market: RecordedMarket }
  | { readonly kind: 'invalid'; readonly details: readonly string[] };

/** Half the distance between bid and ask, as a share of the price: recorded bars carry no quotes. */
const HALF_SPREAD = 0.0001;

/**
 * A market of recorded candles. Within a candle the price walks, tick by tick, from its open over its two extremes (in
 * the order of a seeded coin) to its close; no candle shows before it is over.
 */
export class RecordedMarket implements Market {
  readonly label: DataLabel;
  readonly instrumentIds: readonly string[];
  readonly #series: ReadonlyMap<string, Series>;

  private constructor(series: ReadonlyMap<string, Series>) {
    this.#series = series;
    this.instrumentIds = [...series.keys()];
    let fromMs = Number.POSITIVE_INFINITY;
    let toMs = 0;
    for (const { bars } of series.values()) {
      fromMs = Math.min(fromMs, (bars[0] as Bar).openAtMs);
      toMs = Math.max(toMs, closeAtMs(bars.at(-1) as Bar));
    }
    this.label = { kind: 'REPLAY', fromMs, toMs };
  }

  /** All faults of all files, or the market. */
  static from(files: readonly BarText[], seed: string): RecordedMarketRead {
    if (files.length === 0) return { kind: 'invalid', details: ['no files of bars were given'] };
    const read = readBarSet(files);
    if (read.kind === 'invalid') return read;
    const series = read.bars.series.map((one): [string, Series] => {
      const { instrumentId, intervalMs, length } = one;
      const bars = Array.from({ length }, (_, index) => one.bar(index));
      return [instrumentId, { key: subkey(keyOf(seed), keyOf(instrumentId)), intervalMs, bars }];
    });
    return { kind: 'ok', market: new RecordedMarket(new Map(series)) };
  }

  has(instrumentId: string): boolean {
    return this.#series.has(instrumentId);
  }

  priceAt(instrumentId: string, atMs: number): MarketPrice | null {
    const series = this.#series.get(instrumentId);
    if (series === undefined) return null;
    const bar = series.bars[firstAfter(series.bars, atMs) - 1];
    if (bar === undefined) return null;
    const tick = Math.floor(Math.min(atMs - bar.openAtMs, bar.intervalMs - 1) / TICK_MS);
    const price = priceInBar(series, bar, tick);
    return {
      price,
      bid: price * (1 - HALF_SPREAD),
      ask: price * (1 + HALF_SPREAD),
      eventAtMs: bar.openAtMs + tick * TICK_MS,
    };
  }

  barsBetween(instrumentId: string, intervalMs: number, fromMs: number, toMs: number): Bar[] {
    const series = this.#series.get(instrumentId);
    if (series === undefined || intervalMs % series.intervalMs !== 0) return [];
    const startMs = Math.ceil(fromMs / intervalMs) * intervalMs;
    const endMs = Math.floor(toMs / intervalMs) * intervalMs;
    const found = series.bars.slice(firstAfter(series.bars, startMs - 1), firstAfter(series.bars, endMs - 1));
    return intervalMs === series.intervalMs ? found : mergeBars(found, intervalMs);
  }

  formingBar(instrumentId: string, intervalMs: number, atMs: number): Bar | null {
    const series = this.#series.get(instrumentId);
    if (series === undefined || intervalMs % series.intervalMs !== 0) return null;
    const openAtMs = Math.floor(atMs / intervalMs) * intervalMs;
    const parts = series.bars.slice(firstAfter(series.bars, openAtMs - 1), firstAfter(series.bars, atMs));
    const last = parts.at(-1);
    if (last !== undefined && closeAtMs(last) > atMs) parts[parts.length - 1] = seenSoFar(series, last, atMs);
    return mergeBars(parts, intervalMs)[0] ?? null;
  }
}

/** Index of the first bar that opens after `atMs`. */
function firstAfter(bars: readonly Bar[], atMs: number): number {
  let low = 0;
  let high = bars.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((bars[middle] as Bar).openAtMs <= atMs) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The price at a tick of a bar: straight lines through open, one extreme, the other, close. */
function priceInBar(series: Series, bar: Bar, tick: number): number {
  const last = Math.max(1, Math.floor(bar.intervalMs / TICK_MS) - 1);
  const lowFirst = uniformAt(subkey(series.key, bar.openAtMs)) < 0.5;
  const corners = lowFirst
    ? [bar.open, bar.low, bar.high, bar.close]
    : [bar.open, bar.high, bar.low, bar.close];
  const places = [0, Math.round(last / 3), Math.round((2 * last) / 3), last];
  const leg = tick < (places[1] as number) ? 0 : tick < (places[2] as number) ? 1 : 2;
  const [from, to] = [places[leg] as number, places[leg + 1] as number];
  const [start, end] = [corners[leg] as number, corners[leg + 1] as number];
  const share = to === from ? 1 : Math.min(1, (tick - from) / (to - from));
  // Ends are taken as they are, so that highs and closes come out to the bit.
  if (share === 0) return start;
  return share === 1 ? end : start + share * (end - start);
}

function seenSoFar(series: Series, bar: Bar, atMs: number): Bar {
  const ticks = Math.floor((atMs - bar.openAtMs) / TICK_MS);
  let [high, low, close] = [bar.open, bar.open, bar.open];
  for (let tick = 1; tick <= ticks; tick += 1) {
    close = priceInBar(series, bar, tick);
    high = Math.max(high, close);
    low = Math.min(low, close);
  }
  const share = ((ticks + 1) * TICK_MS) / bar.intervalMs;
  return { ...bar, high, low, close, volume: bar.volume * Math.min(1, share) };
}
