import { failure } from '../../core/failure.ts';
import type { HttpResponse } from '../../core/http.ts';
import type { HttpJsonAnswer, HttpJsonDeclaration } from '../../core/http-json.ts';
import type { Question } from '../../core/question.ts';
import type { ParsedBatch, Reading, SourceSettings } from '../../core/source.ts';
import { httpFailure } from '../door/http-failure.ts';
import { marketReading } from '../door/market-view.ts';
import { positivePrice, readNumber } from '../door/number.ts';
import { batchOf, failAll, failedReading, jsonBody, matchBySymbol, okReading } from '../door/readings.ts';
import { detailText } from '../door/redact.ts';
import { epochMs, rfc3339Ms } from '../door/time.ts';
import { type Place, places, pointerSteps, valueAt } from './pointer.ts';
import { symbolOf } from './spelling.ts';

/** Unix ms of a record's time; null where it cannot be read. */
function timeOf(record: unknown, { pointer, unit }: NonNullable<HttpJsonAnswer['time']>): number | null {
  const stated = valueAt(record, pointer);
  return unit === 'rfc3339' ? rfc3339Ms(stated) : epochMs(stated, unit, 'either');
}

/** Of a value that is shown in a failure. */
const FOUND_CHARS_MAX = 40;

type PriceValue = Extract<HttpJsonAnswer['value'], { kind: 'price' }>;

/** The currency that a record names, that is declared for all, or that the symbol stands for. */
function currencyOf(record: unknown, { currency }: PriceValue, question: Question): string {
  if (currency === null) return question.instrument.quote;
  if ('code' in currency) return currency.code;
  const named = valueAt(record, currency.pointer);
  return typeof named === 'string' ? named : 'no currency';
}

/** What stands at a pointer, for a person who declared something else. */
function foundAt(record: unknown, pointer: string): string {
  const value = valueAt(record, pointer);
  const text =
    value === undefined ? 'nothing' : typeof value === 'object' ? 'no single value' : JSON.stringify(value);
  return `${text.slice(0, FOUND_CHARS_MAX)} at ${pointer === '' ? 'the record itself' : pointer}`;
}

function priceReading(
  record: unknown,
  question: Question,
  value: PriceValue,
  eventAtMs: number | null,
  response: HttpResponse,
): Reading {
  const price = positivePrice(valueAt(record, value.pointer), 'either');
  if (price === null) {
    const found = foundAt(record, value.pointer);
    return failedReading(failure('badPayload', `no price of ${question.instrument.id}: ${found}`));
  }
  const currency = currencyOf(record, value, question);
  return marketReading(question, response, { price, currency, bid: null, ask: null, eventAtMs });
}

function scoreReading(record: unknown, question: Question, pointer: string, eventAtMs: number): Reading {
  const score = readNumber(valueAt(record, pointer), 'either');
  if (score !== null && score >= -1 && score <= 1) {
    return okReading({ kind: 'gauge', gauge: 'score', value: score, min: -1, max: 1, eventAtMs });
  }
  const found = foundAt(record, pointer);
  return failedReading(failure('badPayload', `no score from -1 to 1 of ${question.instrument.id}: ${found}`));
}

function recordReading(
  record: unknown,
  question: Question,
  { time, value }: HttpJsonAnswer,
  response: HttpResponse,
): Reading {
  const eventAtMs = time === null ? null : timeOf(record, time);
  if (time !== null && eventAtMs === null) {
    const found = foundAt(record, time.pointer);
    return failedReading(
      failure('badPayload', `no time of ${question.instrument.id} in ${time.unit}: ${found}`),
    );
  }
  if (value.kind === 'price') return priceReading(record, question, value, eventAtMs, response);
  // A score is always declared with its time, see problems.ts.
  return scoreReading(record, question, value.pointer, eventAtMs ?? response.receivedAtMs);
}

/** The symbol that a record names; null when it names none. */
function symbolAt(place: Place, pointer: string): string | null {
  if (pointer === '*') return place.name;
  const symbol = valueAt(place.value, pointer);
  return typeof symbol === 'string' ? symbol : null;
}

/** One reading per question, by symbol; without a symbol in the answer a batch holds one question, see problems.ts. */
function readingsOf(
  declaration: HttpJsonDeclaration,
  body: unknown,
  batch: readonly Question[],
  response: HttpResponse,
): Reading[] {
  const { answer } = declaration;
  const read = (record: unknown, question: Question): Reading =>
    recordReading(record, question, answer, response);
  const records = places(body, pointerSteps(answer.records) ?? []);
  const [first] = records;
  const noData = (detail: string): Reading[] => batch.map(() => failedReading(failure('noData', detail)));
  if (first === undefined) return noData(`no record in the answer: nothing at ${answer.records}`);
  const { symbol: pointer } = answer;
  if (pointer === null) return batch.map((question) => read(first.value, question));
  const answers = records.flatMap((place) => {
    const symbol = symbolAt(place, pointer);
    return symbol === null ? [] : [[symbol, place.value] as const];
  });
  if (answers.length === 0) {
    return noData(`no record names its symbol: the first has ${foundAt(first.value, pointer)}`);
  }
  return matchBySymbol(
    batch,
    (instrument) => symbolOf(declaration, instrument),
    answers,
    read,
    (symbol) => failure('noData', `no record of ${symbol} in the answer`),
  );
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
  return batchOf(
    readingsOf(declaration, body.value, batch, response).map((reading) => {
      if (reading.kind === 'ok') return reading;
      // Failures quote the answer, which may echo a key.
      const { failure: found } = reading;
      return failedReading({ ...found, detail: detailText(found.detail, settings) });
    }),
  );
}
