import { failure } from '../../core/failure.ts';
import type { HttpResponse } from '../../core/http.ts';
import type { Question } from '../../core/question.ts';
import type { ParsedBatch, Reading, SourceSettings } from '../../core/source.ts';
import type { BarRow } from '../door/bars-view.ts';
import { answerText, httpFailure } from '../door/http-failure.ts';
import { field } from '../door/json.ts';
import { marketReading } from '../door/market-view.ts';
import { positivePrice, readNumber, volumeOf } from '../door/number.ts';
import { batchOf, failAll, failedReading, jsonBody } from '../door/readings.ts';
import { epochMs, rfc3339Ms } from '../door/time.ts';
import { parseCandleList, REFINED } from './candles.ts';
import { productOf } from './symbols.ts';

function tradeReading(body: unknown, question: Question, response: HttpResponse): Reading {
  // Newest first.
  const trade = field(body, 'trades', 0);
  const product = productOf(question.instrument);
  if (trade === undefined) return failedReading(failure('noData', `no trade of ${product}`));
  if (field(trade, 'product_id') !== product) {
    return failedReading(failure('mismatch', `a trade of another product than ${product}`));
  }
  return marketReading(question, response, {
    price: positivePrice(field(trade, 'price'), 'text'),
    currency: question.instrument.quote,
    bid: positivePrice(field(body, 'best_bid'), 'text'),
    ask: positivePrice(field(body, 'best_ask'), 'text'),
    eventAtMs: rfc3339Ms(field(trade, 'time')),
  });
}

/** The newest trade with the top of the book. */
export function parseAdvancedTicker(
  response: HttpResponse,
  batch: readonly Question[],
  settings: SourceSettings,
): ParsedBatch {
  const refused = httpFailure(response, settings, REFINED);
  if (refused !== null) return failAll(batch, refused);
  const body = jsonBody(response, settings);
  if (body.kind === 'failed') return failAll(batch, body.failure);
  if (!Array.isArray(field(body.value, 'trades'))) {
    return failAll(batch, failure('badPayload', `no trades (${answerText(response, settings)})`));
  }
  return batchOf(batch.map((question) => tradeReading(body.value, question, response)));
}

/** All text, the second included. */
function barRow(candle: unknown): BarRow {
  return {
    openAtMs: epochMs(field(candle, 'start'), 's', 'text'),
    open: readNumber(field(candle, 'open'), 'text'),
    high: readNumber(field(candle, 'high'), 'text'),
    low: readNumber(field(candle, 'low'), 'text'),
    close: readNumber(field(candle, 'close'), 'text'),
    volume: volumeOf(field(candle, 'volume'), 'text'),
  };
}

export function parseAdvancedCandles(
  response: HttpResponse,
  batch: readonly Question[],
  settings: SourceSettings,
): ParsedBatch {
  return parseCandleList(response, batch, settings, (body) => field(body, 'candles'), barRow);
}
