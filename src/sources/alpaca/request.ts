import type { HttpRequest } from '../../core/http.ts';
import type { BarsQuestion, Question } from '../../core/question.ts';
import type { SourceSettings } from '../../core/source.ts';
import { address, getRequest } from '../door/address.ts';
import { symbolOf } from './symbols.ts';

/** `feed`: which exchanges stock prices come from; `iex` is the one that the free plan gives in real time. */
export const OPTIONS = { feed: 'iex' } as const;
export const OPTION_CHOICES = { feed: ['iex', 'sip', 'boats', 'otc'] };

export const STOCK_SNAPSHOTS = '/v2/stocks/snapshots';
export const CRYPTO_SNAPSHOTS = '/v1beta3/crypto/us/snapshots';
export const STOCK_BARS = '/v2/stocks/bars';
export const CRYPTO_BARS = '/v1beta3/crypto/us/bars';

/** The most rows of a page, counted over all symbols together. */
const ROWS_PER_PAGE = 10_000;

type Query = Readonly<Record<string, string | number | null>>;

function get(settings: SourceSettings, path: string, query: Query): HttpRequest {
  const { keyId = '', secret = '' } = settings.keys;
  return getRequest(address(settings, path, query), {
    'apca-api-key-id': keyId,
    'apca-api-secret-key': secret,
  });
}

function symbolsOf(batch: readonly Question[]): string {
  return [...new Set(batch.map(({ instrument }) => symbolOf(instrument)))].join(',');
}

function feedOf(settings: SourceSettings): string {
  return settings.options.feed ?? OPTIONS.feed;
}

export function stockSnapshots(batch: readonly Question[], settings: SourceSettings): HttpRequest {
  return get(settings, STOCK_SNAPSHOTS, { symbols: symbolsOf(batch), feed: feedOf(settings) });
}

export function cryptoSnapshots(batch: readonly Question[], settings: SourceSettings): HttpRequest {
  return get(settings, CRYPTO_SNAPSHOTS, { symbols: symbolsOf(batch) });
}

/** `1Min`, `1Hour`, `1Day`: an interval that Alpaca does not offer is sent as minutes and refused by it. */
function timeframeOf(intervalMs: number): string {
  if (intervalMs % 86_400_000 === 0) return `${intervalMs / 86_400_000}Day`;
  if (intervalMs % 3_600_000 === 0) return `${intervalMs / 3_600_000}Hour`;
  return `${intervalMs / 60_000}Min`;
}

/** One window over all that the batch asks; each question takes its own part of the answer. */
function barsQuery(batch: readonly Question[], page: string | null): Query {
  const questions = batch as readonly BarsQuestion[];
  const intervalMs = questions[0]?.intervalMs ?? 60_000;
  const fromMs = Math.min(...questions.map((question) => question.fromMs));
  const toMs = Math.max(...questions.map((question) => question.toMs));
  return {
    symbols: symbolsOf(batch),
    timeframe: timeframeOf(intervalMs),
    start: new Date(fromMs).toISOString(),
    // `end` is inclusive and compared with a bar's start.
    end: new Date(Math.max(fromMs, toMs - intervalMs)).toISOString(),
    limit: ROWS_PER_PAGE,
    sort: 'asc',
    page_token: page,
  };
}

/** Prices as today's shares would have had them, so that a window over a split has no step. */
export function stockBars(
  batch: readonly Question[],
  settings: SourceSettings,
  page: string | null,
): HttpRequest {
  return get(settings, STOCK_BARS, {
    ...barsQuery(batch, page),
    adjustment: 'split',
    feed: feedOf(settings),
  });
}

export function cryptoBars(
  batch: readonly Question[],
  settings: SourceSettings,
  page: string | null,
): HttpRequest {
  return get(settings, CRYPTO_BARS, barsQuery(batch, page));
}
