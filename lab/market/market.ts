import type { Bar, DataLabel } from '../../src/index.ts';

/** Prices change on this grid, in a generated and in a recorded market. */
export const TICK_MS = 5_000;
export const DAY_MS = 86_400_000;

export type MarketPrice = {
  readonly price: number;
  readonly bid: number;
  readonly ask: number;
  /** When this price came to be (Unix ms): the tick, or the last one before a pause of trading. */
  readonly eventAtMs: number;
};

/** What truly happens in the lab's world. Providers only look at it. All times are Unix ms. */
export interface Market {
  readonly label: DataLabel;
  readonly instrumentIds: readonly string[];
  has(instrumentId: string): boolean;
  /** The last trade at or before `atMs`; null when there is none yet, or the instrument is unknown. */
  priceAt(instrumentId: string, atMs: number): MarketPrice | null;
  /** Bars with `fromMs <= openAtMs` and `closeAtMs <= toMs`, oldest first; a caller at `nowMs` passes at most that. */
  barsBetween(instrumentId: string, intervalMs: number, fromMs: number, toMs: number): Bar[];
  /** The candle that is still open at `atMs`, made of what was traded in it so far; null when nothing was. */
  formingBar(instrumentId: string, intervalMs: number, atMs: number): Bar | null;
}

/** Trading hours of the stock exchange on the UTC day that begins at `dayStartMs`; null when it stays closed. */
export type StockSession = (
  dayStartMs: number,
) => { readonly openAtMs: number; readonly closeAtMs: number } | null;
