import type { Bar } from '../../../src/index.ts';
import { momentOf } from '../core/formats.ts';
import type { Call, Reply } from '../core/provider.ts';

const EXCHANGE_ROWS_MAX = 300;
const ADVANCED_ROWS_MAX = 350;
const EXCHANGE_SECONDS = [60, 300, 900, 3_600, 21_600, 86_400];
const ADVANCED_MS: Readonly<Record<string, number>> = {
  ONE_MINUTE: 60_000,
  FIVE_MINUTE: 300_000,
  FIFTEEN_MINUTE: 900_000,
  THIRTY_MINUTE: 1_800_000,
  ONE_HOUR: 3_600_000,
  TWO_HOUR: 7_200_000,
  SIX_HOUR: 21_600_000,
  ONE_DAY: 86_400_000,
};

/** `[s, LOW, HIGH, OPEN, close, volume]`, newest first, the candle still open among them. */
export function exchangeCandles(call: Call): Reply {
  const { query } = call.request;
  const id = call.look.subject(call.params.product as string);
  if (id === null || !id.includes('-')) return { status: 404, body: { message: 'NotFound' } };
  const seconds = Number(query.get('granularity') ?? 60);
  if (!EXCHANGE_SECONDS.includes(seconds))
    return { status: 400, body: { message: 'Unsupported granularity' } };
  const intervalMs = seconds * 1_000;
  const endMs = momentOf(query.get('end'), 1_000) ?? call.nowMs;
  const startMs = momentOf(query.get('start'), 1_000) ?? endMs - EXCHANGE_ROWS_MAX * intervalMs;
  if ((endMs - startMs) / intervalMs > EXCHANGE_ROWS_MAX) {
    const message =
      'granularity too small for the requested time range. Count of aggregations requested exceeds 300';
    return { status: 400, body: { message } };
  }
  const rows = candles(call, id, intervalMs, startMs, endMs).map(
    ({ openAtMs, open, high, low, close, volume }) => [openAtMs / 1_000, low, high, open, close, volume],
  );
  return { status: 200, body: rows };
}

/** Text throughout, the start in seconds, newest first. */
export function advancedCandles(call: Call): Reply {
  const { query } = call.request;
  const asked = call.params.product as string;
  const id = call.look.subject(asked);
  if (id === null || !id.includes('-')) {
    const message = `valid product_id is required: ${asked}`;
    return { status: 404, body: { error: 'NOT_FOUND', error_details: message, message } };
  }
  const intervalMs = ADVANCED_MS[query.get('granularity') ?? ''];
  const startMs = momentOf(query.get('start'), 1_000);
  const endMs = momentOf(query.get('end'), 1_000);
  if (intervalMs === undefined || startMs === null || endMs === null)
    return invalidArgument('start, end and granularity are required');
  if ((endMs - startMs) / intervalMs > ADVANCED_ROWS_MAX) {
    return invalidArgument('number of candles requested should be less than 350');
  }
  const rows = candles(call, id, intervalMs, startMs, endMs).map(
    ({ openAtMs, open, high, low, close, volume }) => ({
      start: String(openAtMs / 1_000),
      low: String(low),
      high: String(high),
      open: String(open),
      close: String(close),
      volume: String(volume),
    }),
  );
  return { status: 200, body: { candles: rows } };
}

function invalidArgument(message: string): Reply {
  return { status: 400, body: { error: 'INVALID_ARGUMENT', error_details: message, message } };
}

function candles(call: Call, id: string, intervalMs: number, startMs: number, endMs: number): Bar[] {
  const bars = call.look.bars(id, intervalMs, startMs, endMs + intervalMs);
  const forming = call.look.forming(id, intervalMs);
  if (forming !== null && forming.openAtMs >= startMs && forming.openAtMs <= endMs) bars.push(forming);
  return bars.reverse();
}
