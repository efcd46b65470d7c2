import type { BarsQuestion } from '../../core/question.ts';

/** Most candles of one answer; a wider window is refused, not cut. */
export const CANDLES_MAX = 300;

/** Opening times of the first and last candle of a page, in ms; `page` is where it begins. */
export function pageWindow(
  { intervalMs, fromMs, toMs }: BarsQuestion,
  page: string | null,
): { readonly firstMs: number; readonly lastMs: number } {
  const firstMs = page === null ? fromMs : Number(page);
  const lastMs = Math.min(firstMs + (CANDLES_MAX - 1) * intervalMs, toMs - intervalMs);
  return { firstMs, lastMs: Math.max(firstMs, lastMs) };
}

/**
 * Where the next page begins, or null after the last one. Which page an answer is shows in the times of its candles; one
 * without candles (an outage as long as a page) ends the paging.
 */
export function nextPageOf(
  { intervalMs, fromMs, toMs }: BarsQuestion,
  openTimesMs: readonly (number | null)[],
): string | null {
  const times = openTimesMs.filter((time) => time !== null && time >= fromMs && time < toMs);
  if (times.length === 0) return null;
  const pageMs = CANDLES_MAX * intervalMs;
  const newestMs = times.reduce((newest: number, time) => Math.max(newest, time ?? 0), 0);
  const nextMs = fromMs + (Math.floor((newestMs - fromMs) / pageMs) + 1) * pageMs;
  return nextMs + intervalMs <= toMs ? String(nextMs) : null;
}
