import type { HttpRequest } from '../../core/http.ts';
import type { BarsQuestion, Question } from '../../core/question.ts';
import type { SourceSettings } from '../../core/source.ts';
import { address, getRequest } from '../door/address.ts';

type Query = Readonly<Record<string, string | number>>;

/** The provider takes the key in the query only: the URL of such a request is never printed. */
function query(settings: SourceSettings, parameters: Query): HttpRequest {
  return getRequest(address(settings, '/query', { ...parameters, apikey: settings.keys.apiKey ?? '' }));
}

function instrumentOf(batch: readonly Question[]): Question['instrument'] {
  return (batch[0] as Question).instrument;
}

export function quoteRequest(batch: readonly Question[], settings: SourceSettings): HttpRequest {
  return query(settings, { function: 'GLOBAL_QUOTE', symbol: instrumentOf(batch).id });
}

export function exchangeRateRequest(batch: readonly Question[], settings: SourceSettings): HttpRequest {
  const { base, quote } = instrumentOf(batch);
  return query(settings, { function: 'CURRENCY_EXCHANGE_RATE', from_currency: base, to_currency: quote });
}

/** Points in an answer with `outputsize=compact`. */
const COMPACT_POINTS = 100;

/** `5min` for 300,000 ms. Lengths other than 1, 5, 15, 30 and 60 minutes are refused by the provider. */
export function intervalText(intervalMs: number): string {
  return `${intervalMs / 60_000}min`;
}

/** The newest bars: 100 points, or the trailing month where the window is longer. Older windows are not served. */
function intraday(parameters: Query, question: BarsQuestion, settings: SourceSettings): HttpRequest {
  const { intervalMs, fromMs, toMs } = question;
  const outputsize = (toMs - fromMs) / intervalMs <= COMPACT_POINTS ? 'compact' : 'full';
  return query(settings, { ...parameters, interval: intervalText(intervalMs), outputsize });
}

export function stockBarsRequest(batch: readonly Question[], settings: SourceSettings): HttpRequest {
  const question = batch[0] as BarsQuestion;
  return intraday({ function: 'TIME_SERIES_INTRADAY', symbol: question.instrument.id }, question, settings);
}

export function cryptoBarsRequest(batch: readonly Question[], settings: SourceSettings): HttpRequest {
  const question = batch[0] as BarsQuestion;
  const { base, quote } = question.instrument;
  return intraday({ function: 'CRYPTO_INTRADAY', symbol: base, market: quote }, question, settings);
}

/** `AAPL`, `CRYPTO:BTC`: news is about the coin, whatever it is priced in. */
export function newsTicker({ assetClass, id, base }: Question['instrument']): string {
  return assetClass === 'stock' ? id : `CRYPTO:${base}`;
}

export function newsRequest(batch: readonly Question[], settings: SourceSettings): HttpRequest {
  return query(settings, {
    function: 'NEWS_SENTIMENT',
    tickers: newsTicker(instrumentOf(batch)),
    sort: 'LATEST',
    limit: 50,
  });
}
