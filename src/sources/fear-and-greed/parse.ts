import { failure } from '../../core/failure.ts';
import type { HttpResponse } from '../../core/http.ts';
import type { Question } from '../../core/question.ts';
import type { ParsedBatch, SourceSettings } from '../../core/source.ts';
import { answerText, httpFailure } from '../door/http-failure.ts';
import { field, textAt } from '../door/json.ts';
import { readNumber } from '../door/number.ts';
import { batchOf, failAll, jsonBody, okReading } from '../door/readings.ts';
import { epochMs } from '../door/time.ts';

/** The newest value of the crypto market's index, the same for every question: a whole number of 0..100 as text. */
export function parseIndex(
  response: HttpResponse,
  batch: readonly Question[],
  settings: SourceSettings,
): ParsedBatch {
  const refused = httpFailure(response, settings);
  if (refused !== null) return failAll(batch, refused);
  const body = jsonBody(response, settings);
  if (body.kind === 'failed') return failAll(batch, body.failure);
  if (textAt(body.value, 'metadata', 'error') !== null) {
    return failAll(batch, failure('down', answerText(response, settings)));
  }
  if (textAt(body.value, 'name') !== 'Fear and Greed Index') {
    return failAll(batch, failure('mismatch', 'the answer is not said to be the Fear and Greed Index'));
  }
  const value = readNumber(field(body.value, 'data', 0, 'value'), 'text');
  const eventAtMs = epochMs(field(body.value, 'data', 0, 'timestamp'), 's', 'text');
  if (value === null || value < 0 || value > 100 || eventAtMs === null) {
    return failAll(batch, failure('badPayload', 'the index is no value of 0..100 with a time'));
  }
  const view = { kind: 'gauge', gauge: 'fearGreed', value, min: 0, max: 100, eventAtMs } as const;
  return batchOf(batch.map(() => okReading(view)));
}
