import { commaList, countOf } from '../core/formats.ts';
import type { Look } from '../core/look.ts';
import type { Call, Reply } from '../core/provider.ts';
import { aggregate } from './aggs.ts';
import { idOf, tickerOf } from './symbols.ts';

const MINUTE_MS = 60_000;
const NS_PER_MS = 1e6;

/** Some tickers, or the whole market when none is named; unknown ones are left out. */
export function snapshotsReply(call: Call, market: 'stocks' | 'crypto'): Reply {
  const asked = commaList(call.request.query.get('tickers'));
  const isCoin = market === 'crypto';
  const wanted =
    asked.length > 0 ? asked : call.look.listed.filter((id) => id.includes('-') === isCoin).map(tickerOf);
  const tickers = wanted
    .map((ticker) => call.look.subject(idOf(ticker)))
    .map((id) => (id === null || id.includes('-') !== isCoin ? null : snapshotOf(call.look, id)))
    .filter((snapshot) => snapshot !== null);
  return { status: 200, body: { status: 'OK', count: tickers.length, tickers } };
}

export function snapshotReply(call: Call): Reply {
  const id = call.look.subject(idOf(call.params.ticker as string));
  const ticker = id === null ? null : snapshotOf(call.look, id);
  if (ticker === null) {
    return { status: 404, body: { status: 'NOT_FOUND', request_id: 'lab', message: 'Ticker not found.' } };
  }
  return { status: 200, body: { status: 'OK', request_id: 'lab', ticker } };
}

/** Times of stock trades are ns, of crypto trades ms. */
function snapshotOf(look: Look, id: string) {
  const quote = look.quote(id);
  const day = look.day(id);
  if (quote === null || day === null) return null;
  const [minute] = look.lastBars(id, MINUTE_MS, 1);
  const isCoin = id.includes('-');
  const t = isCoin ? quote.eventAtMs : quote.eventAtMs * NS_PER_MS;
  const trade = {
    p: quote.price,
    s: 1 + Math.floor(200 * look.chance(id, 1, 5_000)),
    t,
    c: [isCoin ? 1 : 14],
    x: 4,
  };
  const book = { p: quote.bid, s: 2, P: quote.ask, S: 1, t };
  return {
    ticker: tickerOf(id),
    todaysChange: quote.price - day.previousClose,
    todaysChangePerc: (quote.price / day.previousClose - 1) * 100,
    updated: t,
    ...(day.bar !== null && { day: aggregate(day.bar) }),
    ...(minute !== undefined && { min: { ...aggregate(minute), av: day.bar?.volume ?? 0 } }),
    lastTrade: { ...trade, i: String(Math.floor(quote.eventAtMs / 5_000)) },
    ...(!isCoin && { lastQuote: book }),
  };
}

/** `/v3/snapshot`: ten tickers unless `limit` says more; an unknown one carries its error inside the 200. */
export function mixedSnapshotReply(call: Call): Reply {
  const { look, request } = call;
  const asked = commaList(request.query.get('ticker.any_of')).slice(0, 250);
  const results = asked.slice(0, countOf(request.query.get('limit'), 10, 250)).map((ticker) => {
    const id = look.subject(idOf(ticker));
    const quote = id === null ? null : look.quote(id);
    const day = id === null ? null : look.day(id);
    if (id === null || quote === null || day === null) {
      return { ticker, error: 'NOT_FOUND', message: 'Ticker not found.' };
    }
    const bar = day.bar;
    return {
      ticker: tickerOf(id),
      type: id.includes('-') ? 'crypto' : 'stocks',
      market_status: 'open',
      session: {
        ...(bar !== null && { open: bar.open, high: bar.high, low: bar.low, volume: bar.volume }),
        close: quote.price,
        previous_close: day.previousClose,
        change_percent: (quote.price / day.previousClose - 1) * 100,
      },
      last_trade: { price: quote.price, size: 1, sip_timestamp: quote.eventAtMs * NS_PER_MS },
    };
  });
  return { status: 200, body: { status: 'OK', request_id: 'lab', results } };
}
