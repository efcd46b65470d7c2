import { failure } from '../../core/failure.ts';
import type { HttpResponse } from '../../core/http.ts';
import type { Question } from '../../core/question.ts';
import type { ParsedBatch, Reading, SourceSettings } from '../../core/source.ts';
import { answerText } from '../door/http-failure.ts';
import { field, textAt } from '../door/json.ts';
import { marketReading } from '../door/market-view.ts';
import { positivePrice } from '../door/number.ts';
import { batchOf, failAll, failedReading, jsonBody, matchBySymbol } from '../door/readings.ts';
import { epochMs } from '../door/time.ts';
import { refusal } from './refusal.ts';
import { symbolOf } from './symbols.ts';

/** The last price of the regular session: what was traded before or after it stands in other fields and is left alone. */
function quoteReading(quote: unknown, question: Question, response: HttpResponse): Reading {
  const currency = textAt(quote, 'currency');
  if (currency === null) {
    return failedReading(failure('badPayload', `no currency for ${question.instrument.id}`));
  }
  return marketReading(question, response, {
    price: positivePrice(field(quote, 'regularMarketPrice'), 'number'),
    currency,
    bid: positivePrice(field(quote, 'bid'), 'number'),
    ask: positivePrice(field(quote, 'ask'), 'number'),
    eventAtMs: epochMs(field(quote, 'regularMarketTime'), 's'),
  });
}

export function parseQuotes(
  response: HttpResponse,
  batch: readonly Question[],
  settings: SourceSettings,
): ParsedBatch {
  const refused = refusal(response, settings);
  if (refused !== null) return failAll(batch, refused);
  const body = jsonBody(response, settings);
  if (body.kind === 'failed') return failAll(batch, body.failure);
  const quotes = field(body.value, 'quoteResponse', 'result');
  if (!Array.isArray(quotes)) {
    return failAll(batch, failure('badPayload', `no quotes (${answerText(response, settings)})`));
  }
  const readings = matchBySymbol(
    batch,
    symbolOf,
    quotes.map((quote) => [textAt(quote, 'symbol') ?? '', quote] as const),
    (quote, question) => quoteReading(quote, question, response),
    (symbol) => failure('unknownSymbol', `${symbol} is not among the quotes`),
  );
  return batchOf(readings);
}
