import type { Bar } from '../../../src/index.ts';
import { commaList, countOf } from '../core/formats.ts';
import type { Call, Reply } from '../core/provider.ts';
import { timeText } from './quotes.ts';
import { moneyOf, subjectOf, symbolOf, UNKNOWN_SYMBOL } from './symbols.ts';

const INTERVALS: Readonly<Record<string, number>> = {
  '1min': 60_000,
  '5min': 300_000,
  '15min': 900_000,
  '30min': 1_800_000,
  '1h': 3_600_000,
  '2h': 7_200_000,
  '4h': 14_400_000,
  '1day': 86_400_000,
};

type Series = { readonly symbol: string; readonly body: Readonly<Record<string, unknown>> };

/** Newest first, the bar still open at the head; numbers as text, times on the wall clock of `timezone`. */
export function seriesReply(call: Call): Reply {
  const { query } = call.request;
  const interval = query.get('interval') ?? '';
  const intervalMs = INTERVALS[interval];
  if (intervalMs === undefined) {
    const message = `Invalid **interval** provided: ${interval}. Supported intervals: 1min, 5min, 15min, 30min, 45min, 1h, 2h, 4h, 1day, 1week, 1month`;
    return { status: 400, body: { code: 400, message, status: 'error' } };
  }
  const all = commaList(query.get('symbol')).map((symbol) => seriesOf(call, symbol, interval, intervalMs));
  const [first, second] = all;
  if (first === undefined)
    return { status: 400, body: { code: 400, message: UNKNOWN_SYMBOL, status: 'error' } };
  if (second === undefined) return { status: first.body.status === 'ok' ? 200 : 404, body: first.body };
  return { status: 200, body: Object.fromEntries(all.map(({ symbol, body }) => [symbol, body])) };
}

function seriesOf(
  { look, nowMs, request }: Call,
  asked: string,
  interval: string,
  intervalMs: number,
): Series {
  const { query } = request;
  const id = subjectOf(look, asked);
  if (id === null) return { symbol: asked, body: { code: 404, message: UNKNOWN_SYMBOL, status: 'error' } };
  const count = countOf(query.get('outputsize'), 30, 5_000);
  const startMs = utcMoment(query.get('start_date'));
  const endMs = utcMoment(query.get('end_date')) ?? nowMs;
  const bars =
    startMs === null
      ? look.lastBars(id, intervalMs, count, endMs)
      : look.bars(id, intervalMs, startMs, endMs + intervalMs);
  const forming = look.forming(id, intervalMs);
  if (forming !== null && forming.openAtMs <= endMs) bars.push(forming);
  if (bars.length === 0) {
    const message = 'No data is available on the specified dates. Try setting different start/end dates.';
    return { symbol: symbolOf(id), body: { code: 400, message, status: 'error' } };
  }
  const values = bars
    .slice(-count)
    .reverse()
    .map((bar) => row(bar, query.get('timezone'), !id.includes('-')));
  const timezone = id.includes('-') ? {} : { exchange_timezone: 'America/New_York' };
  const type = id.includes('-') ? 'Digital Currency' : 'Common Stock';
  const meta = { symbol: symbolOf(id), interval, ...moneyOf(id), ...timezone, type };
  return { symbol: symbolOf(id), body: { meta, values, status: 'ok' } };
}

/** The lab reads dates in UTC, whatever zone is named: its clients ask in UTC. */
function utcMoment(text: string | null): number | null {
  if (text === null) return null;
  const atMs = Date.parse(`${text.replace(' ', 'T')}${text.includes(':') ? 'Z' : ''}`);
  return Number.isFinite(atMs) ? atMs : null;
}

/** Coins carry no volume. */
function row(bar: Bar, timezone: string | null, withVolume: boolean) {
  return {
    datetime: timeText(bar.openAtMs, timezone),
    open: bar.open.toFixed(5),
    high: bar.high.toFixed(5),
    low: bar.low.toFixed(5),
    close: bar.close.toFixed(5),
    ...(withVolume && { volume: bar.volume.toFixed(0) }),
  };
}
