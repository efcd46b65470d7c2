import type { Bar } from '../../../src/index.ts';
import { DAY_MS, type Market } from '../../market/market.ts';

export type DaySoFar = {
  /** The UTC day's candle of all closed minutes; null before the first. */
  readonly bar: Bar | null;
  /** The last price before the day; the first known one where nothing was before. */
  readonly previousClose: number;
};

type Page = { dayMs: number; uptoMs: number; bar: Bar | null; previousClose: number };

const MINUTE_MS = 60_000;

/** Day figures, carried on minute by minute while time goes forward and worked out anew when it jumps back. */
export class DayBook {
  readonly #market: Market;
  readonly #pages = new Map<string, Page>();

  constructor(market: Market) {
    this.#market = market;
  }

  at(instrumentId: string, atMs: number): DaySoFar | null {
    const dayMs = Math.floor(atMs / DAY_MS) * DAY_MS;
    const uptoMs = Math.floor(atMs / MINUTE_MS) * MINUTE_MS;
    let page = this.#pages.get(instrumentId);
    if (page === undefined || page.dayMs !== dayMs || page.uptoMs > uptoMs) {
      const before =
        this.#market.priceAt(instrumentId, dayMs - 1) ?? this.#market.priceAt(instrumentId, atMs);
      if (before === null) return null;
      page = { dayMs, uptoMs: dayMs, bar: null, previousClose: before.price };
      this.#pages.set(instrumentId, page);
    }
    if (page.uptoMs < uptoMs) {
      for (const minute of this.#market.barsBetween(instrumentId, MINUTE_MS, page.uptoMs, uptoMs)) {
        page.bar = withMinute(page.bar, minute, dayMs);
      }
      page.uptoMs = uptoMs;
    }
    return page;
  }
}

function withMinute(day: Bar | null, minute: Bar, dayMs: number): Bar {
  if (day === null) return { ...minute, openAtMs: dayMs, intervalMs: DAY_MS };
  return {
    ...day,
    high: Math.max(day.high, minute.high),
    low: Math.min(day.low, minute.low),
    close: minute.close,
    volume: day.volume + minute.volume,
  };
}
