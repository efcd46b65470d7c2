import { commaList, newYorkTime } from '../core/formats.ts';
import type { Look } from '../core/look.ts';
import type { Call, Reply } from '../core/provider.ts';

/** `BRK-B` and `BRK.B` are one. */
function stockId(symbol: string): string {
  return symbol.replace('-', '.');
}

/** An unknown symbol is an empty quote. On the free plan the quote is that of the last day's end. */
export function globalQuoteReply(call: Call): Reply {
  const { look, request } = call;
  const id = look.subject(stockId(request.query.get('symbol') ?? ''));
  const figures = id === null || id.includes('-') ? null : figuresOf(look, id, call.plan === 'free');
  if (id === null || figures === null) return { status: 200, body: { 'Global Quote': {} } };
  const { price, previousClose, open, high, low, volume, atMs } = figures;
  return {
    status: 200,
    body: {
      'Global Quote': {
        '01. symbol': id,
        '02. open': open.toFixed(4),
        '03. high': high.toFixed(4),
        '04. low': low.toFixed(4),
        '05. price': price.toFixed(4),
        '06. volume': volume.toFixed(0),
        '07. latest trading day': newYorkTime(atMs).slice(0, 10),
        '08. previous close': previousClose.toFixed(4),
        '09. change': (price - previousClose).toFixed(4),
        '10. change percent': `${((price / previousClose - 1) * 100).toFixed(4)}%`,
      },
    },
  };
}

function figuresOf(look: Look, id: string, endOfDay: boolean) {
  const quote = look.quote(id);
  const day = look.day(id);
  if (quote === null || day === null) return null;
  const { previousClose } = day;
  if (!endOfDay) {
    const bar = day.bar ?? { open: quote.price, high: quote.price, low: quote.price, volume: 0 };
    const { open, volume } = bar;
    const [high, low] = [Math.max(bar.high, quote.price), Math.min(bar.low, quote.price)];
    return { price: quote.price, previousClose, open, high, low, volume, atMs: quote.eventAtMs };
  }
  const [before, last] = look.lastBars(id, 86_400_000, 2);
  if (before === undefined || last === undefined) return null;
  const { open, high, low, close, volume, openAtMs } = last;
  return {
    price: close,
    previousClose: before.close,
    open,
    high,
    low,
    volume,
    atMs: openAtMs + 18 * 3_600_000,
  };
}

export function bulkQuotesReply({ look, request }: Call): Reply {
  const data: unknown[] = [];
  for (const symbol of commaList(request.query.get('symbol')).slice(0, 100)) {
    const id = look.subject(stockId(symbol));
    const quote = id === null ? null : look.quote(id);
    if (id === null || quote === null) continue;
    const timestamp = `${newYorkTime(quote.eventAtMs)}.000`;
    data.push({ symbol: id, timestamp, close: quote.price.toFixed(4) });
  }
  return { status: 200, body: { endpoint: 'Realtime Bulk Quotes', message: 'ok', data } };
}

const NAMES: Readonly<Record<string, string>> = {
  BTC: 'Bitcoin',
  ETH: 'Ethereum',
  USD: 'United States Dollar',
};

export function exchangeRateReply({ look, request }: Call): Reply {
  const from = request.query.get('from_currency') ?? '';
  const to = request.query.get('to_currency') ?? '';
  const id = look.subject(`${from}-${to}`);
  const quote = id === null ? null : look.quote(id);
  if (id === null || quote === null) return invalidCall('CURRENCY_EXCHANGE_RATE');
  const [base = from, currency = to] = id.split('-');
  return {
    status: 200,
    body: {
      'Realtime Currency Exchange Rate': {
        '1. From_Currency Code': base,
        '2. From_Currency Name': NAMES[base] ?? base,
        '3. To_Currency Code': currency,
        '4. To_Currency Name': NAMES[currency] ?? currency,
        '5. Exchange Rate': quote.price.toFixed(8),
        '6. Last Refreshed': new Date(quote.eventAtMs).toISOString().slice(0, 19).replace('T', ' '),
        '7. Time Zone': 'UTC',
        '8. Bid Price': quote.bid.toFixed(8),
        '9. Ask Price': quote.ask.toFixed(8),
      },
    },
  };
}

export function invalidCall(name: string): Reply {
  const text = `Invalid API call. Please retry or visit the documentation (https://www.alphavantage.co/documentation/) for ${name}.`;
  return { status: 200, body: { 'Error Message': text } };
}
