import type { HttpRequest } from '../../core/http.ts';
import type { AssetClass } from '../../core/instrument.ts';
import type { BarsQuestion, Question } from '../../core/question.ts';
import type { SourceSettings } from '../../core/source.ts';
import { address, getRequest } from '../door/address.ts';
import { symbolOf } from './symbol.ts';

/** Length of the bars that the provider's own RSI(14) is taken of. */
export const OPTIONS = { rsiTimespan: 'minute' } as const;
export const OPTION_CHOICES = {
  rsiTimespan: ['minute', 'hour', 'day', 'week', 'month', 'quarter', 'year'],
};

type Query = Readonly<Record<string, string | number>>;

/** The key travels in a header, so that no URL holds it. */
function get(settings: SourceSettings, path: string, query: Query): HttpRequest {
  return getRequest(address(settings, path, query), {
    authorization: `Bearer ${settings.keys.apiKey ?? ''}`,
  });
}

const SNAPSHOT_PATHS: Readonly<Record<AssetClass, string>> = {
  stock: '/v2/snapshot/locale/us/markets/stocks/tickers',
  crypto: '/v2/snapshot/locale/global/markets/crypto/tickers',
};

export function snapshotsRequest(
  assetClass: AssetClass,
  batch: readonly Question[],
  settings: SourceSettings,
): HttpRequest {
  const tickers = batch.map(({ instrument }) => symbolOf(instrument)).join(',');
  return get(settings, SNAPSHOT_PATHS[assetClass], { tickers });
}

/** Units the provider multiplies, longest first. A day is the exchange's own and is never made of hours. */
const UNITS = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1_000],
] as const;

/** `15/minute` for 900,000 ms. */
function rangeOf(intervalMs: number): string {
  const [unit, unitMs] = UNITS.find(([, ms]) => intervalMs % ms === 0) ?? (['second', 1_000] as const);
  return `${Math.max(1, Math.round(intervalMs / unitMs))}/${unit}`;
}

export const BARS_PATH = '/v2/aggs/ticker/';

/** One ticker's bars, split-adjusted, at most 50,000 base bars a page; `page` is what {@link pageOf} made of next_url. */
export function barsRequest(
  batch: readonly Question[],
  settings: SourceSettings,
  page: string | null,
): HttpRequest {
  if (page !== null) return get(settings, page, {});
  const { instrument, intervalMs, fromMs, toMs } = batch[0] as BarsQuestion;
  return get(settings, `${BARS_PATH}${symbolOf(instrument)}/range/${rangeOf(intervalMs)}/${fromMs}/${toMs}`, {
    adjusted: 'true',
    sort: 'asc',
    limit: 50_000,
  });
}

/**
 * The address of the next page as a path on our own base URL. Only its path and cursor are taken: wherever else the
 * address points, the key does not go there. Null when there is no next page or it is not one of this ticker's bars.
 */
export function pageOf(nextUrl: unknown, symbol: string): string | null {
  if (typeof nextUrl !== 'string') return null;
  const url = URL.parse(nextUrl);
  const cursor = url?.searchParams.get('cursor');
  const start = url?.pathname.indexOf(`${BARS_PATH}${symbol}/`) ?? -1;
  if (!url || !cursor || start < 0) return null;
  return `${url.pathname.slice(start)}?${new URLSearchParams({ cursor }).toString()}`;
}

export function rsiRequest(batch: readonly Question[], settings: SourceSettings): HttpRequest {
  const [question] = batch;
  return get(settings, `/v1/indicators/rsi/${question && symbolOf(question.instrument)}`, {
    timespan: settings.options.rsiTimespan ?? OPTIONS.rsiTimespan,
    window: 14,
    series_type: 'close',
    order: 'desc',
    limit: 1,
  });
}
