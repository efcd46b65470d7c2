import { failure } from '../../core/failure.ts';
import type { HttpResponse } from '../../core/http.ts';
import type { Question } from '../../core/question.ts';
import type { ParsedBatch, Reading, SourceSettings } from '../../core/source.ts';
import { field, isRecord, members } from '../door/json.ts';
import { marketReading } from '../door/market-view.ts';
import { positivePrice } from '../door/number.ts';
import { failedReading } from '../door/readings.ts';
import { zonedMs } from '../door/zoned-time.ts';
import { parseBody, zoneOf } from './body.ts';
import { withoutData } from './failure.ts';
import { numbered } from './numbered.ts';

/**
 * A price of some moment of a named trading day. The quote is stamped with the day's first moment in New York: that is
 * the only time it is surely not older than, so it can confirm a price's scale but never pass for fresh.
 */
function quoteReading(body: unknown, question: Question, response: HttpResponse): Reading {
  const { id } = question.instrument;
  const quote = field(body, 'Global Quote');
  if (!isRecord(quote) || members(quote).length === 0) return failedReading(withoutData(body, id));
  const symbol = numbered(quote, 'symbol');
  if (symbol !== id) return failedReading(failure('mismatch', `the quote is not said to be of ${id}`));
  const eventAtMs = zonedMs(numbered(quote, 'latest trading day'), 'America/New_York');
  if (eventAtMs === null) return failedReading(failure('badPayload', `no trading day in the quote of ${id}`));
  return marketReading(question, response, {
    price: positivePrice(numbered(quote, 'price'), 'text'),
    currency: 'USD',
    bid: null,
    ask: null,
    eventAtMs,
  });
}

function exchangeRateReading(body: unknown, question: Question, response: HttpResponse): Reading {
  const { id, base, quote } = question.instrument;
  const rate = field(body, 'Realtime Currency Exchange Rate');
  if (!isRecord(rate) || members(rate).length === 0) return failedReading(withoutData(body, id));
  const [from, to] = [numbered(rate, 'From_Currency Code'), numbered(rate, 'To_Currency Code')];
  if (from !== base || to !== quote) {
    return failedReading(failure('mismatch', `the rate is not said to be of ${base} in ${quote}`));
  }
  const zone = zoneOf(numbered(rate, 'Time Zone'));
  const eventAtMs = zone === null ? null : zonedMs(numbered(rate, 'Last Refreshed'), zone);
  if (eventAtMs === null)
    return failedReading(failure('badPayload', `no readable time in the rate of ${id}`));
  return marketReading(question, response, {
    price: positivePrice(numbered(rate, 'Exchange Rate'), 'text'),
    currency: quote,
    bid: null,
    ask: null,
    eventAtMs,
  });
}

export function parseQuote(
  response: HttpResponse,
  batch: readonly Question[],
  settings: SourceSettings,
): ParsedBatch {
  return parseBody(response, batch, settings, (body, question) => quoteReading(body, question, response));
}

export function parseExchangeRate(
  response: HttpResponse,
  batch: readonly Question[],
  settings: SourceSettings,
): ParsedBatch {
  return parseBody(response, batch, settings, (body, question) =>
    exchangeRateReading(body, question, response),
  );
}
