import { type Failure, failure } from '../../core/failure.ts';
import type { HttpResponse } from '../../core/http.ts';
import type { HttpJsonAnswer, HttpJsonDeclaration } from '../../core/http-json.ts';
import type { Question } from '../../core/question.ts';
import type { ParsedBatch, Reading, SourceSettings } from '../../core/source.ts';
import { httpFailure } from '../door/http-failure.ts';
import { marketReading } from '../door/market-view.ts';
import { positivePrice, readNumber } from '../door/number.ts';
import { batchOf, failAll, failedReading, jsonBody, matchBySymbol, okReading } from '../door/readings.ts';
import { epochMs, rfc3339Ms } from '../door/time.ts';
import { type Place, places, pointerSteps, valueAt } from './pointer.ts';
import { symbolOf } from './spelling.ts';

/** Unix ms of a record's time; undefined where none is declared, null where it cannot be read. */
function timeOf(record: unknown, { time }: HttpJsonAnswer): number | null | undefined {
  if (time === null) return undefined;
  const stated = valueAt(record, time.pointer);
  return time.unit === 'rfc3339' ? rfc3339Ms(stated) : epochMs(stated, time.unit, 'either');
}

type PriceValue = Extract<HttpJsonAnswer['value'], { kind: 'price' }>;

/** The currency that a record names, that is declared for all, or that the symbol stands for. */
function currencyOf(record: unknown, { currency }: PriceValue, question: Question): string {
  if (currency === null) return question.instrument.quote;
  if ('code' in currency) return currency.code;
  const named = valueAt(record, currency.pointer);
  return typeof named === 'string' ? named : 'no currency';
}

function recordReading(
  record: unknown,
  question: Question,
  answer: HttpJsonAnswer,
  response: HttpResponse,
): Reading {
  const { id } = question.instrument;
  const eventAtMs = timeOf(record, answer);
  if (eventAtMs === null) return failedReading(failure('badPayload', `no readable time for ${id}`));
  const { value } = answer;
  if (value.kind === 'price') {
    return marketReading(question, response, {
      price: positivePrice(valueAt(record, value.pointer), 'either'),
      currency: currencyOf(record, value, question),
      bid: null,
      ask: null,
      eventAtMs: eventAtMs ?? null,
    });
  }
  const score = readNumber(valueAt(record, value.pointer), 'either');
  if (score === null || score < -1 || score > 1 || eventAtMs === undefined) {
    return failedReading(failure('badPayload', `no score of -1..1 with a time for ${id}`));
  }
  return okReading({ kind: 'gauge', gauge: 'score', value: score, min: -1, max: 1, eventAtMs });
}

/** The symbol that a record names; null when it names none. */
function symbolAt(place: Place, pointer: string): string | null {
  if (pointer === '*') return place.name;
  const symbol = valueAt(place.value, pointer);
  return typeof symbol === 'string' ? symbol : null;
}

/** A lone answer about somebody else is a wrong answer; in a batch the asked symbol is merely left out. */
function missing(symbol: string, batch: readonly Question[], recordCount: number): Failure {
  return batch.length === 1 && recordCount > 0
    ? failure('mismatch', `asked for ${symbol}, the answer is about something else`)
    : failure('noData', `no record of ${symbol} in the answer`);
}

/** Reads an answer as declared: as strictly as any other source, matched by symbol, and never by position. */
export function parseDeclared(
  declaration: HttpJsonDeclaration,
  response: HttpResponse,
  batch: readonly Question[],
  settings: SourceSettings,
): ParsedBatch {
  const refused = httpFailure(response, settings);
  if (refused !== null) return failAll(batch, refused);
  const body = jsonBody(response, settings);
  if (body.kind === 'failed') return failAll(batch, body.failure);
  const { answer } = declaration;
  const records = places(body.value, pointerSteps(answer.records) ?? []);
  const read = (record: unknown, question: Question): Reading =>
    recordReading(record, question, answer, response);
  const { symbol: pointer } = answer;
  if (pointer === null) {
    // Without a symbol in the answer a batch holds one question, see problems.ts.
    const [record] = records;
    return batchOf(
      batch.map((question) =>
        record === undefined
          ? failedReading(failure('noData', `no record for ${question.instrument.id} in the answer`))
          : read(record.value, question),
      ),
    );
  }
  const answers = records.flatMap((place) => {
    const symbol = symbolAt(place, pointer);
    return symbol === null ? [] : [[symbol, place.value] as const];
  });
  return batchOf(
    matchBySymbol(
      batch,
      (instrument) => symbolOf(declaration, instrument),
      answers,
      read,
      (symbol) => missing(symbol, batch, answers.length),
    ),
  );
}
