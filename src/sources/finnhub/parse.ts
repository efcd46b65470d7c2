import { failure } from '../../core/failure.ts';
import type { HttpResponse } from '../../core/http.ts';
import type { Question } from '../../core/question.ts';
import type { ParsedBatch, Reading, SourceSettings } from '../../core/source.ts';
import { answerText, httpFailure } from '../door/http-failure.ts';
import { field, isRecord, textAt } from '../door/json.ts';
import { marketReading } from '../door/market-view.ts';
import { positivePrice, volumeOf } from '../door/number.ts';
import { batchOf, failAll, failedReading, jsonBody, okReading } from '../door/readings.ts';
import { epochMs, rfc3339Ms } from '../door/time.ts';
import { symbolOf } from './symbol.ts';

/** A 403 with a good key is a premium endpoint; an error text in a 200 is no answer either. */
function parseBody(
  response: HttpResponse,
  batch: readonly Question[],
  settings: SourceSettings,
  read: (body: unknown, question: Question) => Reading,
): ParsedBatch {
  const refused = httpFailure(response, settings, { 403: 'plan' });
  if (refused !== null) return failAll(batch, refused);
  const body = jsonBody(response, settings);
  if (body.kind === 'failed') return failAll(batch, body.failure);
  const error = textAt(body.value, 'error');
  if (error !== null) {
    const kind = /limit reached/i.test(error) ? 'limit' : 'badPayload';
    return failAll(batch, failure(kind, answerText(response, settings)));
  }
  return batchOf(batch.map((question) => read(body.value, question)));
}

/** A symbol that the provider does not know comes as a quote of zeros at time zero. */
function quoteReading(body: unknown, question: Question, response: HttpResponse): Reading {
  const { id, quote } = question.instrument;
  if (field(body, 'c') === 0 && field(body, 't') === 0) {
    return failedReading(failure('unknownSymbol', `a quote of zeros for ${symbolOf(question.instrument)}`));
  }
  const eventAtMs = epochMs(field(body, 't'), 's');
  if (eventAtMs === null)
    return failedReading(failure('badPayload', `no readable time in the quote of ${id}`));
  return marketReading(question, response, {
    price: positivePrice(field(body, 'c'), 'number'),
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

/** Start of the month `2026-11-01` that a row of ratings is for. */
function periodMs(row: unknown): number | null {
  return rfc3339Ms(`${textAt(row, 'period')}T00:00:00Z`);
}

/** Whole number of analysts, or null. */
function countOf(row: unknown, grade: string): number | null {
  const count = volumeOf(field(row, grade), 'number');
  return Number.isSafeInteger(count) ? count : null;
}

/** The newest month's ratings. Every row names its symbol: one row about another spoils the answer. */
function ratingReading(body: unknown, { instrument: { id } }: Question): Reading {
  if (!Array.isArray(body)) return failedReading(failure('badPayload', `no list of ratings for ${id}`));
  if (body.length === 0) return failedReading(failure('noData', `no analyst rates ${id}`));
  if (body.some((row) => field(row, 'symbol') !== id)) {
    return failedReading(failure('mismatch', `a rating is not said to be of ${id}`));
  }
  const newest = body
    .filter(isRecord)
    .map((row) => ({ row, eventAtMs: periodMs(row) }))
    .sort((a, b) => (b.eventAtMs ?? 0) - (a.eventAtMs ?? 0))[0];
  const eventAtMs = newest?.eventAtMs ?? null;
  const count = (grade: string): number => countOf(newest?.row, grade) ?? Number.NaN;
  const counts = {
    strongBuy: count('strongBuy'),
    buy: count('buy'),
    hold: count('hold'),
    sell: count('sell'),
    strongSell: count('strongSell'),
  };
  if (eventAtMs === null || Object.values(counts).some(Number.isNaN)) {
    return failedReading(failure('badPayload', `the newest rating of ${id} lacks a readable count or time`));
  }
  return okReading({ kind: 'rating', ...counts, eventAtMs });
}

export function parseRating(
  response: HttpResponse,
  batch: readonly Question[],
  settings: SourceSettings,
): ParsedBatch {
  return parseBody(response, batch, settings, ratingReading);
}
