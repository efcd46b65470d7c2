import { DAY_MS } from '../../market/market.ts';
import type { Call, Reply } from '../core/provider.ts';
import { isCurrency, subjectOf } from './coins.ts';

const OHLC_DAYS = ['1', '7', '14', '30', '90', '180', '365'];

/** `[ms, open, high, low, close]` with the END of each candle; half hours for a day, four hours up to a month. */
export function ohlcReply(call: Call): Reply {
  const asked = askedOf(call);
  if ('status' in asked) return asked;
  const text = call.request.query.get('days') ?? '';
  if (!OHLC_DAYS.includes(text)) return { status: 422, body: { error: 'Invalid days parameter' } };
  const days = Number(text);
  const intervalMs = days <= 2 ? 1_800_000 : days <= 30 ? 14_400_000 : DAY_MS;
  const bars = call.look.bars(asked.id, intervalMs, call.nowMs - days * DAY_MS, call.nowMs);
  const rows = bars.map(({ openAtMs, open, high, low, close }) => [
    openAtMs + intervalMs,
    open,
    high,
    low,
    close,
  ]);
  return { status: 200, body: rows };
}

/** Prices and volumes: every five minutes for a day, hourly beyond. */
export function chartReply(call: Call): Reply {
  const asked = askedOf(call);
  if ('status' in asked) return asked;
  const days = Math.min(90, Math.max(1, Math.floor(Number(call.request.query.get('days') ?? 1)) || 1));
  const intervalMs = days <= 1 ? 300_000 : 3_600_000;
  const bars = call.look.bars(asked.id, intervalMs, call.nowMs - days * DAY_MS, call.nowMs);
  const at = (bar: { readonly openAtMs: number }) => bar.openAtMs + intervalMs;
  return {
    status: 200,
    body: {
      prices: bars.map((bar) => [at(bar), bar.close]),
      market_caps: bars.map((bar) => [at(bar), 0]),
      total_volumes: bars.map((bar) => [at(bar), bar.volume * bar.close]),
    },
  };
}

function askedOf({ look, params, request }: Call): { readonly id: string } | Reply {
  const currency = request.query.get('vs_currency') ?? '';
  if (!isCurrency(currency)) return { status: 422, body: { error: 'invalid vs_currency' } };
  const id = subjectOf(look, params.id as string, currency);
  return id === null ? { status: 404, body: { error: 'coin not found' } } : { id };
}
