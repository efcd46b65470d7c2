import type { HttpRequest } from '../../core/http.ts';
import type { BarsQuestion, Question } from '../../core/question.ts';
import { tradingTimeBetween } from '../../core/sessions/lookback.ts';
import type { SourceSettings } from '../../core/source.ts';
import { address, getRequest } from '../door/address.ts';
import { symbolOf } from './symbol.ts';

type Query = Readonly<Record<string, string | number>>;

/** The key travels in a header, so that no URL holds it. */
function get(settings: SourceSettings, path: string, query: Query): HttpRequest {
  return getRequest(address(settings, path, query), {
    authorization: `apikey ${settings.keys.apiKey ?? ''}`,
  });
}

/** Of the minute interval, so that `timestamp` is the start of the last minute and not of the day. */
export function quotesRequest(batch: readonly Question[], settings: SourceSettings): HttpRequest {
  const symbol = batch.map(({ instrument }) => symbolOf(instrument)).join(',');
  return get(settings, '/quote', { symbol, interval: '1min', timezone: 'UTC' });
}

/** Intervals by their length; others are refused by the provider as a bad request. */
const INTERVALS: Readonly<Record<number, string>> = {
  60000: '1min',
  300000: '5min',
  900000: '15min',
  1800000: '30min',
  2700000: '45min',
  3600000: '1h',
  7200000: '2h',
  14400000: '4h',
  86400000: '1day',
};

export function intervalText(intervalMs: number): string {
  return INTERVALS[intervalMs] ?? `${intervalMs / 60_000}min`;
}

/** Bars per credit as users have measured it, and the most that the credits of a free minute buy. */
const BARS_PER_CREDIT = 100;
const BARS_MAX = 800;

/** Longer ones end with a shorter bar every day. */
const INTERVAL_THAT_FITS_A_SESSION_MS = 1_800_000;

/** Nights and weekends have no bars, and credits are charged for what is asked, not for what comes. */
function barsWanted({ instrument, intervalMs, fromMs, toMs }: BarsQuestion): number {
  const isFitting = intervalMs <= INTERVAL_THAT_FITS_A_SESSION_MS;
  const spanMs = isFitting ? tradingTimeBetween(instrument.assetClass, fromMs, toMs) : toMs - fromMs;
  return Math.min(BARS_MAX, Math.max(1, Math.ceil(spanMs / intervalMs)));
}

/** Credits that a series costs: one, or one per 100 bars. */
export function seriesWeight(batch: readonly Question[]): number {
  return Math.ceil(barsWanted(batch[0] as BarsQuestion) / BARS_PER_CREDIT);
}

/** `2026-11-20 20:00:00`, read in the zone that the request names. */
function utcText(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19).replace('T', ' ');
}

/** The newest bars of the window, at most 800. The last date is that of the last bar: the bar after it is still open. */
export function seriesRequest(batch: readonly Question[], settings: SourceSettings): HttpRequest {
  const question = batch[0] as BarsQuestion;
  return get(settings, '/time_series', {
    symbol: symbolOf(question.instrument),
    interval: intervalText(question.intervalMs),
    start_date: utcText(question.fromMs),
    end_date: utcText(question.toMs - question.intervalMs),
    outputsize: barsWanted(question),
    timezone: 'UTC',
  });
}
