import { type Bar, closeAtMs } from '../../../src/index.ts';
import { gaussianAt, keyOf, subkey, uniformAt } from '../../chance.ts';
import { DAY_MS, type Market, type MarketPrice, TICK_MS } from '../../market/market.ts';
import { DayBook, type DaySoFar } from './day-book.ts';
import { type Distortion, UNDISTORTED } from './distortion.ts';

/** Prices of two honest providers lie within twice this of each other, as a share of the price. */
export const OFFSET_MAX = 0.00015;

export type LookOptions = {
  readonly market: Market;
  readonly seed: string;
  readonly providerId: string;
  readonly lagMs: number;
};

/** What stays the same from call to call: market, keys, day figures. */
export class Outlook {
  readonly market: Market;
  readonly lagMs: number;
  readonly key: number;
  readonly #days: DayBook;
  readonly #keys = new Map<string, number>();

  constructor({ market, seed, providerId, lagMs }: LookOptions) {
    this.market = market;
    this.lagMs = lagMs;
    this.key = subkey(keyOf(seed), keyOf(providerId));
    this.#days = new DayBook(market);
  }

  keyOf(instrumentId: string): number {
    let key = this.#keys.get(instrumentId);
    if (key === undefined) {
      key = subkey(this.key, keyOf(instrumentId));
      this.#keys.set(instrumentId, key);
    }
    return key;
  }

  day(instrumentId: string, atMs: number): DaySoFar | null {
    return this.#days.at(instrumentId, atMs);
  }
}

/**
 * The market as one provider sees it in one call: a little late, a hair beside, and as distorted as planned. Equal
 * (seed, provider, instrument, time) give equal figures, whatever was asked before.
 */
export class Look {
  readonly nowMs: number;
  readonly outlook: Outlook;
  readonly #distortionOf: (instrumentId: string) => Distortion;
  readonly #subjects: string[] = [];

  constructor(outlook: Outlook, nowMs: number, distortionOf: (id: string) => Distortion = () => UNDISTORTED) {
    this.outlook = outlook;
    this.nowMs = nowMs;
    this.#distortionOf = distortionOf;
  }

  /** Instruments asked for, known or not. */
  get subjects(): readonly string[] {
    return this.#subjects;
  }

  /** The instrument to answer when `instrumentId` is asked: itself, null when unknown, another one when so planned. */
  subject(instrumentId: string): string | null {
    this.#subjects.push(instrumentId);
    const { market } = this.outlook;
    if (!market.has(instrumentId)) return null;
    return this.#distortionOf(instrumentId).wrongSymbol ? another(market, instrumentId) : instrumentId;
  }

  /** The moment at which this provider's knowledge of an instrument stands. */
  dataAtMs(instrumentId: string): number {
    return (this.#distortionOf(instrumentId).stuckAtMs ?? this.nowMs) - this.outlook.lagMs;
  }

  quote(instrumentId: string): MarketPrice | null {
    const distortion = this.#distortionOf(instrumentId);
    const atMs = this.dataAtMs(instrumentId);
    const live = this.outlook.market.priceAt(instrumentId, atMs);
    if (live === null) return null;
    const source =
      distortion.frozenAtMs === null || distortion.frozenAtMs >= atMs
        ? live
        : this.outlook.market.priceAt(instrumentId, distortion.frozenAtMs);
    if (source === null) return null;
    const factor = distortion.priceFactor * this.#offset(instrumentId, source.eventAtMs, TICK_MS);
    return {
      price: roundedPrice(source.price * factor),
      bid: roundedPrice(source.bid * factor),
      ask: roundedPrice(source.ask * factor),
      eventAtMs: live.eventAtMs + distortion.eventShiftMs,
    };
  }

  /** Ids of all that the market lists. */
  get listed(): readonly string[] {
    return this.outlook.market.instrumentIds;
  }

  /** The market's last price at a moment of the past, as a ratio of figures rather than one to print. */
  priceAt(instrumentId: string, atMs: number): number | null {
    const knownMs = Math.min(atMs, this.dataAtMs(instrumentId));
    return this.outlook.market.priceAt(instrumentId, knownMs)?.price ?? null;
  }

  /** Closed bars with `fromMs <= openAtMs` and `closeAtMs <= toMs`, as far as this provider knows them by now. */
  bars(instrumentId: string, intervalMs: number, fromMs: number, toMs: number): Bar[] {
    const { market } = this.outlook;
    const knownMs = Math.min(toMs, this.dataAtMs(instrumentId));
    return market
      .barsBetween(instrumentId, intervalMs, fromMs, knownMs)
      .map((bar) => this.#seen(instrumentId, bar));
  }

  /** The newest `count` closed bars that end by `toMs`, looking back over pauses of trading. */
  lastBars(instrumentId: string, intervalMs: number, count: number, toMs = this.nowMs): Bar[] {
    const { market } = this.outlook;
    const last = market.priceAt(instrumentId, Math.min(toMs, this.dataAtMs(instrumentId)));
    if (last === null) return [];
    const endMs = Math.min(toMs, (Math.floor(last.eventAtMs / intervalMs) + 1) * intervalMs);
    for (let backMs = intervalMs * (count + 1); ; backMs = backMs * 2 + DAY_MS) {
      const bars = this.bars(instrumentId, intervalMs, endMs - backMs, endMs);
      if (bars.length >= count || backMs > intervalMs * count * 4 + 8 * DAY_MS) return bars.slice(-count);
    }
  }

  /** The candle still open, made of what this provider has seen of it. */
  forming(instrumentId: string, intervalMs: number): Bar | null {
    const bar = this.outlook.market.formingBar(instrumentId, intervalMs, this.dataAtMs(instrumentId));
    return bar === null ? null : this.#seen(instrumentId, bar);
  }

  /** The UTC day's figures so far and the last close before it. */
  day(instrumentId: string): DaySoFar | null {
    const day = this.outlook.day(instrumentId, this.dataAtMs(instrumentId));
    if (day === null) return null;
    const bar = day.bar === null ? null : this.#seen(instrumentId, day.bar);
    const factor = this.#distortionOf(instrumentId).priceFactor;
    return { bar, previousClose: roundedPrice(day.previousClose * factor) };
  }

  /** Uniform in (0, 1), fixed for (seed, provider, instrument, `part`, time bucket). */
  chance(instrumentId: string, part: number, bucketMs: number): number {
    return uniformAt(this.#key(instrumentId, part, bucketMs));
  }

  /** Uniform in (0, 1), fixed for (seed, provider, instrument, `part`, `slot`): for what was said in the past. */
  chanceAt(instrumentId: string, part: number, slot: number): number {
    return uniformAt(subkey(subkey(this.outlook.keyOf(instrumentId), part), slot));
  }

  /** Standard normal, fixed likewise. */
  normal(instrumentId: string, part: number, bucketMs: number): number {
    return gaussianAt(this.#key(instrumentId, part, bucketMs));
  }

  #key(instrumentId: string, part: number, bucketMs: number): number {
    const bucket = Math.floor(this.dataAtMs(instrumentId) / bucketMs);
    return subkey(subkey(this.outlook.keyOf(instrumentId), part), bucket);
  }

  #seen(instrumentId: string, bar: Bar): Bar {
    const { frozenAtMs, priceFactor, eventShiftMs } = this.#distortionOf(instrumentId);
    const factor = priceFactor * this.#offset(instrumentId, bar.openAtMs, bar.intervalMs);
    const frozen = frozenAtMs !== null && closeAtMs(bar) > frozenAtMs ? this.quote(instrumentId) : null;
    return {
      openAtMs: bar.openAtMs + eventShiftMs,
      intervalMs: bar.intervalMs,
      open: frozen?.price ?? roundedPrice(bar.open * factor),
      high: frozen?.price ?? roundedPrice(bar.high * factor),
      low: frozen?.price ?? roundedPrice(bar.low * factor),
      close: frozen?.price ?? roundedPrice(bar.close * factor),
      volume: frozen === null ? bar.volume : 0,
    };
  }

  #offset(instrumentId: string, atMs: number, bucketMs: number): number {
    const key = subkey(this.outlook.keyOf(instrumentId), Math.floor(atMs / bucketMs));
    return 1 + OFFSET_MAX * (2 * uniformAt(key) - 1);
  }
}

/** Seven significant digits, at least two decimals: the order of what exchanges print. */
export function roundedPrice(price: number): number {
  let scale = 100;
  for (let size = 10_000; size > price && scale < 1e10; size /= 10) scale *= 10;
  return Math.round(price * scale) / scale;
}

/** The last listed instrument of the same kind: in a batch the wrong answers do not make up for one another. */
function another(market: Market, instrumentId: string): string {
  const isPair = (id: string) => id.includes('-');
  const isPeer = (id: string) => isPair(id) === isPair(instrumentId) && id !== instrumentId;
  return market.instrumentIds.findLast(isPeer) ?? instrumentId;
}
