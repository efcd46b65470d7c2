import { DAY_MS } from '../../market/market.ts';
import type { Look } from './look.ts';

/** What emulated analysts, writers and indices say: the market's own past plus a mood that the seed gives. */

const MONTH_MS = 30 * DAY_MS;

export type Ratings = {
  readonly strongBuy: number;
  readonly buy: number;
  readonly hold: number;
  readonly sell: number;
  readonly strongSell: number;
};

/** How many analysts stand on each grade this month: mostly kind, as they are. */
export function ratingsOf(look: Look, instrumentId: string): Ratings {
  const analysts = 20 + Math.floor(25 * look.chance(instrumentId, 21, 12 * MONTH_MS));
  const kindness = 0.35 + 0.5 * look.chance(instrumentId, 22, MONTH_MS);
  const good = Math.round(analysts * kindness);
  const strongBuy = Math.round(good * (0.2 + 0.3 * look.chance(instrumentId, 23, MONTH_MS)));
  const bad = Math.round((analysts - good) * 0.3 * look.chance(instrumentId, 24, MONTH_MS));
  const strongSell = Math.round(bad * 0.3);
  return {
    strongBuy,
    buy: good - strongBuy,
    hold: analysts - good - bad,
    sell: bad - strongSell,
    strongSell,
  };
}

/** First moment (UTC) of the month in which an instrument's data stand. */
export function monthOf(look: Look, instrumentId: string): number {
  const date = new Date(look.dataAtMs(instrumentId));
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth());
}

/**
 * How a writer at `atMs` sees the last `spanMs`: -1 (bearish) to 1 (bullish). `usualMove` is what counts as one
 * ordinary move of that span, as a share of the price.
 */
export function toneAt(
  look: Look,
  instrumentId: string,
  atMs: number,
  { spanMs, usualMove }: { readonly spanMs: number; readonly usualMove: number },
): number {
  const now = look.priceAt(instrumentId, atMs);
  const before = look.priceAt(instrumentId, atMs - spanMs);
  return now === null || before === null ? 0 : Math.tanh((now / before - 1) / usualMove);
}
