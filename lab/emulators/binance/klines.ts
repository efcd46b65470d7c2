import type { Bar } from '../../../src/index.ts';
import { countOf, momentOf, pairOf } from '../core/formats.ts';
import type { Call, Reply } from '../core/provider.ts';
import { badRequest, invalidSymbol } from './symbols.ts';

const INTERVALS: Readonly<Record<string, number>> = {
  '1m': 60_000,
  '3m': 180_000,
  '5m': 300_000,
  '15m': 900_000,
  '30m': 1_800_000,
  '1h': 3_600_000,
  '2h': 7_200_000,
  '4h': 14_400_000,
  '6h': 21_600_000,
  '8h': 28_800_000,
  '12h': 43_200_000,
  '1d': 86_400_000,
};

/** Rows from `startTime` on, or the newest; the last one is the candle still open unless `endTime` cuts it off. */
export function klinesReply(call: Call): Reply {
  const { look, request } = call;
  const symbol = request.query.get('symbol');
  if (symbol === null) {
    return badRequest(-1102, "Mandatory parameter 'symbol' was not sent, was empty/null, or malformed.");
  }
  const id = look.subject(pairOf(symbol) ?? symbol);
  if (id === null || !id.includes('-')) return invalidSymbol();
  const intervalMs = INTERVALS[request.query.get('interval') ?? ''];
  if (intervalMs === undefined) return badRequest(-1120, 'Invalid interval.');

  const limit = countOf(request.query.get('limit'), 500, 1_000);
  const startMs = momentOf(request.query.get('startTime'), 1);
  const endMs = momentOf(request.query.get('endTime'), 1) ?? call.nowMs;
  const toMs = endMs + intervalMs;
  const bars =
    startMs === null
      ? look.lastBars(id, intervalMs, limit, toMs)
      : look.bars(id, intervalMs, startMs, Math.min(toMs, startMs + (limit + 1) * intervalMs));
  const forming = look.forming(id, intervalMs);
  if (forming !== null && forming.openAtMs <= endMs && forming.openAtMs >= (startMs ?? 0)) bars.push(forming);
  const rows = startMs === null ? bars.slice(-limit) : bars.slice(0, limit);
  return { status: 200, body: rows.map(row) };
}

function row(bar: Bar) {
  const quoteVolume = bar.volume * bar.close;
  return [
    bar.openAtMs,
    bar.open.toFixed(8),
    bar.high.toFixed(8),
    bar.low.toFixed(8),
    bar.close.toFixed(8),
    bar.volume.toFixed(8),
    bar.openAtMs + bar.intervalMs - 1,
    quoteVolume.toFixed(8),
    Math.ceil(bar.volume * 10),
    (bar.volume / 2).toFixed(8),
    (quoteVolume / 2).toFixed(8),
    '0',
  ];
}
