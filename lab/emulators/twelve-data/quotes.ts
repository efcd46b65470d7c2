import { commaList, newYorkTime } from '../core/formats.ts';
import type { Call, Reply } from '../core/provider.ts';
import { moneyOf, subjectOf, symbolOf, UNKNOWN_SYMBOL } from './symbols.ts';

const MINUTE_MS = 60_000;
const QUIET_MS = 120_000;

type Answered = { readonly symbol: string; readonly body: unknown };

export function priceReply(call: Call): Reply {
  return eachSymbol(call, (id) => {
    const quote = call.look.quote(id);
    return quote === null ? null : { price: quote.price.toFixed(5) };
  });
}

/** With a minute interval `timestamp` is the start of the newest minute and `close` the last price. */
export function quoteReply(call: Call): Reply {
  const { look, request } = call;
  const intervalMs = request.query.get('interval') === '1min' ? MINUTE_MS : 86_400_000;
  return eachSymbol(call, (id) => {
    const quote = look.quote(id);
    const day = look.day(id);
    if (quote === null || day === null) return null;
    const startMs = Math.floor(quote.eventAtMs / intervalMs) * intervalMs;
    const { open, high, low, volume } = day.bar ?? {
      open: quote.price,
      high: quote.price,
      low: quote.price,
      volume: 0,
    };
    return {
      symbol: symbolOf(id),
      name: id,
      ...moneyOf(id),
      datetime: timeText(startMs, request.query.get('timezone')),
      timestamp: startMs / 1_000,
      last_quote_at: startMs / 1_000,
      open: open.toFixed(5),
      high: Math.max(high, quote.price).toFixed(5),
      low: Math.min(low, quote.price).toFixed(5),
      close: quote.price.toFixed(5),
      volume: volume.toFixed(0),
      previous_close: day.previousClose.toFixed(5),
      change: (quote.price - day.previousClose).toFixed(5),
      percent_change: ((quote.price / day.previousClose - 1) * 100).toFixed(5),
      is_market_open: look.dataAtMs(id) - quote.eventAtMs < QUIET_MS,
    };
  });
}

/** Exchange-local wall clock unless UTC is asked for. */
export function timeText(atMs: number, timezone: string | null): string {
  return timezone === 'UTC' ? new Date(atMs).toISOString().slice(0, 19).replace('T', ' ') : newYorkTime(atMs);
}

/** One symbol is answered plainly, several keyed by symbol, an unknown one with an error of its own. */
function eachSymbol({ look, request }: Call, answer: (id: string) => unknown): Reply {
  const symbols = commaList(request.query.get('symbol'));
  const unknown = { code: 404, message: UNKNOWN_SYMBOL, status: 'error' };
  const answers = symbols.map((asked): Answered => {
    const id = subjectOf(look, asked);
    const body = id === null ? null : answer(id);
    return id === null || body === null ? { symbol: asked, body: unknown } : { symbol: symbolOf(id), body };
  });
  const [first, second] = answers;
  if (first === undefined) return { status: 400, body: { ...unknown, code: 400 } };
  if (second === undefined) return { status: first.body === unknown ? 404 : 200, body: first.body };
  return {
    status: 200,
    headers: { is_batch: 'true' },
    body: Object.fromEntries(answers.map(({ symbol, body }) => [symbol, body])),
  };
}
