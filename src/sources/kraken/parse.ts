import { type Failure, type FailureKind, failure } from '../../core/failure.ts';
import type { HttpResponse } from '../../core/http.ts';
import type { Question } from '../../core/question.ts';
import type { ParsedBatch, Reading, SourceSettings } from '../../core/source.ts';
import { type BarRow, barsReading } from '../door/bars-view.ts';
import { answerText, httpFailure } from '../door/http-failure.ts';
import { field, isRecord, items, type JsonRecord, members } from '../door/json.ts';
import { marketReading } from '../door/market-view.ts';
import { positivePrice, readNumber, volumeOf } from '../door/number.ts';
import { batchOf, failAll, failedReading, jsonBody, matchBySymbol } from '../door/readings.ts';
import { detailText } from '../door/redact.ts';
import { epochMs } from '../door/time.ts';
import { askedPairOf, pairOf } from './symbols.ts';

const UNKNOWN_PAIR = /^EQuery:Unknown asset pair/;

/** Kraken's errors, which come with status 200, by how they begin. */
const KINDS: readonly (readonly [RegExp, FailureKind])[] = [
  [/^EGeneral:Too many requests|^EAPI:Rate limit|^EService:Throttled|^EGeneral:Temporary lockout/, 'limit'],
  [/^EAPI:Invalid|^EGeneral:Permission denied/, 'auth'],
  [/^EService:|^EGeneral:Internal error/, 'down'],
  [/^EGeneral:|^EQuery:/, 'badRequest'],
];

/** The failure that the `error` list names, or null. Entries that begin with W only warn. */
function refusal(body: unknown, pairs: number, settings: SourceSettings): Failure | null {
  const error = items(field(body, 'error')).find(
    (entry) => typeof entry !== 'string' || !entry.startsWith('W'),
  );
  if (error === undefined) return null;
  const text = typeof error === 'string' ? error : 'an entry that is no text';
  const detail = detailText(`error in a 200: ${text}`, settings);
  if (UNKNOWN_PAIR.test(text)) {
    // One bad pair turns the whole call away without being named.
    return failure(pairs === 1 ? 'unknownSymbol' : 'badRequest', detail);
  }
  return failure(KINDS.find(([pattern]) => pattern.test(text))?.[1] ?? 'badPayload', detail);
}

/** The `result` of an answer, or why there is none. */
function resultOf(
  response: HttpResponse,
  pairs: number,
  settings: SourceSettings,
): { readonly result: JsonRecord } | { readonly failure: Failure } {
  const body = jsonBody(response, settings);
  const refused = body.kind === 'ok' ? refusal(body.value, pairs, settings) : null;
  const found = refused ?? httpFailure(response, settings);
  if (found !== null) return { failure: found };
  if (body.kind === 'failed') return { failure: body.failure };
  const result = field(body.value, 'result');
  if (isRecord(result)) return { result };
  return { failure: failure('badPayload', `no result (${answerText(response, settings)})`) };
}

/** Readings by pair. An unknown pair fails the call, so one that is missing was mixed up. */
function parseByPair(read: (answer: unknown, question: Question, response: HttpResponse) => Reading) {
  return (response: HttpResponse, batch: readonly Question[], settings: SourceSettings): ParsedBatch => {
    const found = resultOf(response, batch.length, settings);
    if ('failure' in found) return failAll(batch, found.failure);
    const readings = matchBySymbol(
      batch,
      pairOf,
      members(found.result).map(([name, answer]) => [askedPairOf(name), answer] as const),
      (answer, question) => read(answer, question, response),
      (pair) => failure('mismatch', `an answer without ${pair}`),
    );
    return batchOf(readings);
  };
}

/** `c` last trade, `b` and `a` the book, each with the price as text in front. No time is sent. */
function tickerReading(ticker: unknown, question: Question, response: HttpResponse): Reading {
  return marketReading(question, response, {
    price: positivePrice(field(ticker, 'c', 0), 'text'),
    currency: question.instrument.quote,
    bid: positivePrice(field(ticker, 'b', 0), 'text'),
    ask: positivePrice(field(ticker, 'a', 0), 'text'),
    eventAtMs: null,
  });
}

/** [second, open, high, low, close, vwap, volume, trades]; the last row is the candle that is still open. */
function barRow(row: unknown): BarRow {
  return {
    openAtMs: epochMs(field(row, 0), 's'),
    open: readNumber(field(row, 1), 'text'),
    high: readNumber(field(row, 2), 'text'),
    low: readNumber(field(row, 3), 'text'),
    close: readNumber(field(row, 4), 'text'),
    volume: volumeOf(field(row, 6), 'text'),
  };
}

function seriesReading(rows: unknown, question: Question, response: HttpResponse): Reading {
  if (Array.isArray(rows)) return barsReading(question, response, rows.map(barRow));
  return failedReading(failure('badPayload', `no list of candles for ${question.instrument.id}`));
}

export const parseTicker = parseByPair(tickerReading);
export const parseOhlc = parseByPair(seriesReading);
