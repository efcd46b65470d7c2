import type { Bar } from '../../../src/index.ts';
import { DAY_MS } from '../../market/market.ts';
import { countOf, momentOf, rfc3339 } from '../core/formats.ts';
import type { Call, Reply } from '../core/provider.ts';
import { type AlpacaMarket, idOf, symbolOf } from './symbols.ts';

const UNITS: Readonly<Record<string, number>> = { Min: 60_000, Hour: 3_600_000, Day: DAY_MS };
/** What the free plan may not see of the consolidated tape. */
const WITHHELD_MS = 15 * 60_000;

export function barRow(bar: Bar) {
  const { open, high, low, close, volume } = bar;
  return {
    t: rfc3339(bar.openAtMs),
    o: open,
    h: high,
    l: low,
    c: close,
    v: volume,
    n: Math.max(1, Math.round(volume / 85)),
    vw: Math.round(((high + low + close) / 3) * 10_000) / 10_000,
  };
}

/**
 * Bars of several symbols: `limit` counts rows over all of them, sorted by symbol and then by time, so that a page may
 * hold one symbol only. The page token names the row to go on with.
 */
export function barsReply(market: AlpacaMarket, call: Call, symbols: readonly string[]): Reply {
  const { query } = call.request;
  const intervalMs = intervalOf(query.get('timeframe'));
  if (intervalMs === null) return { status: 400, body: { message: 'invalid timeframe' } };
  const span = spanOf(market, call, intervalMs);
  if ('status' in span) return span;

  const descending = query.get('sort') === 'desc';
  const rows: { symbol: string; bar: Bar }[] = [];
  for (const symbol of [...symbols].sort()) {
    const id = call.look.subject(idOf(market, symbol));
    if (id === null) continue;
    const bars = call.look.bars(id, intervalMs, span.fromMs, span.toMs);
    if (descending) bars.reverse();
    for (const bar of bars) rows.push({ symbol: symbolOf(market, id), bar });
  }
  const token = query.get('page_token');
  const first = token === null ? 0 : rows.findIndex((row) => tokenOf(row) === token);
  if (first === -1) return { status: 400, body: { message: 'invalid page token' } };
  const after = first + countOf(query.get('limit'), 1_000, 10_000);
  const found: Record<string, unknown[]> = {};
  for (const { symbol, bar } of rows.slice(first, after)) {
    found[symbol] ??= [];
    found[symbol].push(barRow(bar));
  }
  const next = rows[after];
  return { status: 200, body: { bars: found, next_page_token: next === undefined ? null : tokenOf(next) } };
}

function tokenOf(row: { readonly symbol: string; readonly bar: Bar }): string {
  return Buffer.from(`${row.symbol}|M|${row.bar.openAtMs}`).toString('base64');
}

function intervalOf(timeframe: string | null): number | null {
  const [, count, unit] = /^(\d{1,2})(Min|Hour|Day)$/.exec(timeframe ?? '') ?? [];
  return count === undefined || unit === undefined ? null : Number(count) * (UNITS[unit] as number);
}

function spanOf(
  market: AlpacaMarket,
  call: Call,
  intervalMs: number,
): { readonly fromMs: number; readonly toMs: number } | Reply {
  const { query } = call.request;
  const fromMs = momentOf(query.get('start'), 1) ?? Math.floor(call.nowMs / DAY_MS) * DAY_MS;
  const askedMs = momentOf(query.get('end'), 1);
  const withheld = market.name === 'stocks' && call.plan === 'free' && query.get('feed') !== 'iex';
  const newestMs = withheld ? call.nowMs - WITHHELD_MS : call.nowMs;
  if (withheld && askedMs !== null && askedMs > newestMs) {
    const message = 'subscription does not permit querying recent SIP data';
    return { status: 403, body: { code: 42210000, message } };
  }
  // `end` bounds the START of a bar, inclusively.
  return { fromMs, toMs: askedMs === null ? newestMs : Math.min(newestMs, askedMs + intervalMs) };
}
