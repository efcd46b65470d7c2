import type { Bar } from '../../../src/index.ts';
import { DAY_MS } from '../../market/market.ts';
import { newYorkTime } from '../core/formats.ts';
import type { Call, Reply } from '../core/provider.ts';
import { invalidCall } from './market.ts';

const INTERVALS: Readonly<Record<string, number>> = {
  '1min': 60_000,
  '5min': 300_000,
  '15min': 900_000,
  '30min': 1_800_000,
  '60min': 3_600_000,
};
const COMPACT_POINTS = 100;
/** `full` is the trailing month. */
const FULL_MS = 30 * DAY_MS;

export function intradayReply(call: Call): Reply {
  const id = call.look.subject((call.request.query.get('symbol') ?? '').replace('-', '.'));
  const series = id === null || id.includes('-') ? null : seriesOf(call, id);
  if (id === null || series === null) return invalidCall('TIME_SERIES_INTRADAY');
  const { bars, interval, outputSize } = series;
  const rows = bars.map((bar) => [newYorkTime(bar.openAtMs), rowOf(bar, bar.volume.toFixed(0))] as const);
  return {
    status: 200,
    body: {
      'Meta Data': {
        '1. Information': `Intraday (${interval}) open, high, low, close prices and volume`,
        '2. Symbol': id,
        '3. Last Refreshed': rows[0]?.[0] ?? '',
        '4. Interval': interval,
        '5. Output Size': outputSize,
        '6. Time Zone': 'US/Eastern',
      },
      [`Time Series (${interval})`]: Object.fromEntries(rows),
    },
  };
}

export function cryptoIntradayReply(call: Call): Reply {
  const { query } = call.request;
  const id = call.look.subject(`${query.get('symbol')}-${query.get('market')}`);
  const series = id === null ? null : seriesOf(call, id);
  if (id === null || series === null) return invalidCall('CRYPTO_INTRADAY');
  const { bars, interval, outputSize } = series;
  const [base, currency] = id.split('-');
  const rows = bars.map((bar) => [utcTime(bar.openAtMs), rowOf(bar, bar.volume)] as const);
  return {
    status: 200,
    body: {
      'Meta Data': {
        '1. Information': `Crypto Intraday (${interval}) Time Series`,
        '2. Digital Currency Code': base,
        '3. Digital Currency Name': base,
        '4. Market Code': currency,
        '5. Market Name': currency,
        '6. Last Refreshed': rows[0]?.[0] ?? '',
        '7. Interval': interval,
        '8. Output Size': outputSize,
        '9. Time Zone': 'UTC',
      },
      [`Time Series Crypto (${interval})`]: Object.fromEntries(rows),
    },
  };
}

type Series = { readonly bars: readonly Bar[]; readonly interval: string; readonly outputSize: string };

/** Newest first. The free plan's stocks end with the day before. */
function seriesOf(call: Call, id: string): Series | null {
  const { query } = call.request;
  const interval = query.get('interval') ?? '';
  const intervalMs = INTERVALS[interval];
  if (intervalMs === undefined) return null;
  const endOfDay = call.plan === 'free' && !id.includes('-');
  const untilMs = endOfDay ? Math.floor(call.nowMs / DAY_MS) * DAY_MS : call.nowMs;
  const full = query.get('outputsize') === 'full';
  const bars = full
    ? call.look.bars(id, intervalMs, untilMs - FULL_MS, untilMs)
    : call.look.lastBars(id, intervalMs, COMPACT_POINTS, untilMs);
  return { bars: bars.reverse(), interval, outputSize: full ? 'Full size' : 'Compact' };
}

function rowOf(bar: Bar, volume: string | number) {
  return {
    '1. open': bar.open.toFixed(4),
    '2. high': bar.high.toFixed(4),
    '3. low': bar.low.toFixed(4),
    '4. close': bar.close.toFixed(4),
    '5. volume': volume,
  };
}

function utcTime(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 19).replace('T', ' ');
}
