import type { Bar } from '../../../src/index.ts';
import { DAY_MS } from '../../market/market.ts';
import { momentOf } from '../core/formats.ts';
import type { Look } from '../core/look.ts';
import type { Call, Reply } from '../core/provider.ts';
import { idOf, symbolOf } from './symbols.ts';

const INTERVALS: Readonly<Record<string, number>> = {
  '1m': 60_000,
  '2m': 120_000,
  '5m': 300_000,
  '15m': 900_000,
  '30m': 1_800_000,
  '60m': 3_600_000,
  '1h': 3_600_000,
  '1d': DAY_MS,
};
const RANGE_DAYS: Readonly<Record<string, number>> = {
  '1d': 1,
  '5d': 5,
  '1mo': 30,
  '3mo': 91,
  '6mo': 182,
  '1y': 365,
};
/** Minute bars older than this are no longer served. */
const MINUTE_HISTORY_MS = 8 * DAY_MS;

const CACHE = { 'cache-control': 'public, max-age=10, stale-while-revalidate=20' };

type Series = { readonly id: string; readonly meta: Record<string, unknown>; readonly bars: readonly Bar[] };

/** `/v8/finance/chart/SYMBOL`: bars as parallel arrays, the candle still open as their last element. */
export function chartReply(call: Call): Reply {
  const asked = call.params.symbol as string;
  const series = seriesOf(call, asked);
  if ('status' in series) return series;
  const { bars, meta } = series;
  const quote = {
    open: bars.map(({ open }) => open),
    high: bars.map(({ high }) => high),
    low: bars.map(({ low }) => low),
    close: bars.map(({ close }) => close),
    volume: bars.map(({ volume }) => Math.round(volume)),
  };
  const result = {
    meta,
    ...(bars.length > 0 && { timestamp: bars.map(openS) }),
    indicators: { quote: [bars.length > 0 ? quote : {}] },
  };
  return { status: 200, body: { chart: { result: [result], error: null } }, headers: CACHE };
}

const openS = (bar: Bar) => Math.floor(bar.openAtMs / 1_000);

function seriesOf(call: Call, symbol: string): Series | Reply {
  const { query } = call.request;
  const { look } = call;
  const id = look.subject(idOf(symbol));
  const quote = id === null ? null : look.quote(id);
  if (id === null || quote === null)
    return chartError(404, 'Not Found', 'No data found, symbol may be delisted');
  const granularity = query.get('interval') ?? '1d';
  const intervalMs = INTERVALS[granularity];
  if (intervalMs === undefined)
    return chartError(422, 'Unprocessable Entity', `Invalid input - interval=${granularity}`);
  const span = spanOf(call, id, quote.eventAtMs);
  if (span === null) return chartError(422, 'Unprocessable Entity', 'Invalid input - range is not supported');
  if (intervalMs === 60_000 && call.nowMs - span.fromMs > MINUTE_HISTORY_MS) {
    return chartError(422, 'Unprocessable Entity', '1m data not available for startTime older than 8 days');
  }
  const bars = look.bars(id, intervalMs, span.fromMs, span.toMs);
  const forming = look.forming(id, intervalMs);
  if (forming !== null && forming.openAtMs >= span.fromMs && span.toMs > look.dataAtMs(id))
    bars.push(forming);
  return { id, meta: metaOf(look, id, quote, granularity, query.get('range')), bars };
}

function metaOf(
  look: Look,
  id: string,
  quote: { readonly price: number; readonly eventAtMs: number },
  granularity: string,
  range: string | null,
) {
  const coin = id.includes('-');
  return {
    currency: id.split('-')[1] ?? 'USD',
    symbol: symbolOf(id),
    exchangeName: coin ? 'CCC' : 'NMS',
    instrumentType: coin ? 'CRYPTOCURRENCY' : 'EQUITY',
    regularMarketTime: Math.floor(quote.eventAtMs / 1_000),
    regularMarketPrice: quote.price,
    chartPreviousClose: look.day(id)?.previousClose ?? quote.price,
    gmtoffset: coin ? 0 : -18_000,
    exchangeTimezoneName: coin ? 'UTC' : 'America/New_York',
    priceHint: 2,
    dataGranularity: granularity,
    range: range ?? '',
  };
}

/** A range of days counts back from the day of the last trade. */
function spanOf(call: Call, id: string, lastEventMs: number): { fromMs: number; toMs: number } | null {
  const { query } = call.request;
  const fromMs = momentOf(query.get('period1'), 1_000);
  if (fromMs !== null) return { fromMs, toMs: momentOf(query.get('period2'), 1_000) ?? call.nowMs };
  const days = RANGE_DAYS[query.get('range') ?? '1d'];
  if (days === undefined) return null;
  const lastDayMs = Math.floor(lastEventMs / DAY_MS) * DAY_MS;
  return {
    fromMs: lastDayMs - (days - 1) * DAY_MS,
    toMs: Math.max(call.look.dataAtMs(id) + 1, lastDayMs + DAY_MS),
  };
}

function chartError(status: number, code: string, description: string): Reply {
  return { status, body: { chart: { result: null, error: { code, description } } } };
}
