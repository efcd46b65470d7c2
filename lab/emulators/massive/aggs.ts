import type { Bar } from '../../../src/index.ts';
import { DAY_MS } from '../../market/market.ts';
import { countOf, momentOf } from '../core/formats.ts';
import type { Call, Reply } from '../core/provider.ts';
import { idOf, tickerOf } from './symbols.ts';

const TIMESPANS: Readonly<Record<string, number>> = { minute: 60_000, hour: 3_600_000, day: DAY_MS };
/** What `limit` counts, whatever the bars are made of. */
const BASE_MS: Readonly<Record<string, number>> = { minute: 60_000, hour: 60_000, day: DAY_MS };

/** An aggregate; `t` is its START in ms. */
export function aggregate(bar: Bar) {
  return {
    v: bar.volume,
    vw: Math.round(((bar.high + bar.low + bar.close) / 3) * 10_000) / 10_000,
    o: bar.open,
    c: bar.close,
    h: bar.high,
    l: bar.low,
    t: bar.openAtMs,
    n: Math.max(1, Math.round(bar.volume / 85)),
  };
}

/** Up to when the plan lets one see: the free one sees the days before today. */
export function knownUntilMs(call: Call): number {
  return call.plan === 'free' ? Math.floor(call.nowMs / DAY_MS) * DAY_MS : call.nowMs;
}

/** Bars of one ticker, the one still open as the last; a page holds `limit` base bars and names the next one. */
export function aggsReply(call: Call): Reply {
  const { look, params, request } = call;
  const { multiplier = '', timespan = '', from = '', to = '' } = params;
  const intervalMs = Number(multiplier) * (TIMESPANS[timespan] ?? Number.NaN);
  const fromMs = momentOf(
    request.query.get('cursor') === null ? from : cursorOf(request.query.get('cursor')),
    1,
  );
  const toMs = momentOf(to, 1);
  if (!Number.isInteger(intervalMs) || intervalMs <= 0 || fromMs === null || toMs === null) {
    return {
      status: 400,
      body: { status: 'ERROR', request_id: 'lab', error: 'Could not parse the time range.' },
    };
  }
  const ticker = params.ticker as string;
  const id = look.subject(idOf(ticker));
  const head = {
    ticker: id === null ? ticker : tickerOf(id),
    adjusted: true,
    status: 'OK',
    request_id: 'lab',
  };
  if (id === null) return { status: 200, body: { ...head, queryCount: 0, resultsCount: 0 } };

  const limit = countOf(request.query.get('limit'), 5_000, 50_000);
  const perPage = Math.max(1, Math.floor((limit * (BASE_MS[timespan] as number)) / intervalMs));
  // `to` is a day, or the START of the last bar.
  const lastMs = to.includes('-') ? toMs + DAY_MS : toMs + intervalMs;
  const endMs = Math.min(lastMs, knownUntilMs(call));
  const bars = look.bars(id, intervalMs, fromMs, endMs);
  const forming = look.forming(id, intervalMs);
  if (forming !== null && forming.openAtMs >= fromMs && forming.openAtMs < endMs) bars.push(forming);
  const page = bars.slice(0, perPage);
  const next = bars[perPage];
  if (request.query.get('sort') === 'desc') page.reverse();
  return {
    status: 200,
    body: {
      ...head,
      queryCount: page.length,
      resultsCount: page.length,
      ...(page.length > 0 && { results: page.map(aggregate) }),
      ...(next !== undefined && { next_url: nextUrl(call, next) }),
    },
  };
}

/** Without the key: the client has to append it again. */
function nextUrl(call: Call, next: Bar): string {
  const cursor = Buffer.from(String(next.openAtMs)).toString('base64url');
  return `https://api.massive.com${call.request.path}?cursor=${cursor}`;
}

function cursorOf(cursor: string | null): string {
  return Buffer.from(cursor ?? '', 'base64url').toString('utf8');
}

export function previousDayReply(call: Call): Reply {
  const { look, params } = call;
  const ticker = params.ticker as string;
  const id = look.subject(idOf(ticker));
  const todayMs = Math.floor(call.nowMs / DAY_MS) * DAY_MS;
  const [bar] = id === null ? [] : look.lastBars(id, DAY_MS, 1, todayMs);
  const results = bar === undefined ? {} : { results: [aggregate(bar)] };
  const resultsCount = bar === undefined ? 0 : 1;
  return {
    status: 200,
    body: { ticker, adjusted: true, status: 'OK', request_id: 'lab', resultsCount, ...results },
  };
}
