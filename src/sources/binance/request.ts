import type { HttpRequest } from '../../core/http.ts';
import type { BarsQuestion, Question } from '../../core/question.ts';
import type { SourceSettings } from '../../core/source.ts';
import { address, getRequest } from '../door/address.ts';
import { symbolOf } from './symbols.ts';

const TICKER = '/api/v3/ticker/24hr';
const KLINES = '/api/v3/klines';

/** Most rows of one answer. */
export const ROWS_MAX = 1_000;

export function tickers(batch: readonly Question[], settings: SourceSettings): HttpRequest {
  // A symbol named twice is an error of its own (-1151).
  const symbols = [...new Set(batch.map(({ instrument }) => symbolOf(instrument)))];
  return getRequest(address(settings, TICKER, { symbols: JSON.stringify(symbols) }));
}

const UNITS = [
  ['w', 604_800_000],
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
] as const;

/** `1m`, `4h`, `1w`: an interval that Binance does not offer is sent all the same and refused by it (-1120). */
function intervalText(intervalMs: number): string {
  const [unit, unitMs] = UNITS.find(([, ms]) => intervalMs % ms === 0) ?? ['s', 1_000];
  return `${intervalMs / unitMs}${unit}`;
}

/** `page` is the open time (ms) at which the rest of the window begins. */
export function klines(
  batch: readonly Question[],
  settings: SourceSettings,
  page: string | null,
): HttpRequest {
  const { instrument, intervalMs, fromMs, toMs } = batch[0] as BarsQuestion;
  return getRequest(
    address(settings, KLINES, {
      symbol: symbolOf(instrument),
      interval: intervalText(intervalMs),
      startTime: page ?? fromMs,
      // Compared with a bar's open time, inclusive.
      endTime: toMs - intervalMs,
      limit: ROWS_MAX,
    }),
  );
}
