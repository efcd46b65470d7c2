import { type Failure, failure } from '../../core/failure.ts';
import type { HttpResponse } from '../../core/http.ts';
import type { Question } from '../../core/question.ts';
import type { ParsedBatch, SourceSettings } from '../../core/source.ts';
import { answerText, httpFailure } from '../door/http-failure.ts';
import { field } from '../door/json.ts';
import { readNumber } from '../door/number.ts';
import { responsesText } from '../model-answer/model-text.ts';
import { parseModelAnswer } from '../model-answer/parse-model-answer.ts';

/** Said with a good key to whoever asks an address that is gone: no other key and no plan would help, another request does. */
const GONE = /chat_completions_not_available|agent_api_migration_required/;

function failureOf(response: HttpResponse, settings: SourceSettings): Failure | null {
  if (response.status === 403 && GONE.test(response.body)) {
    return failure('badRequest', answerText(response, settings));
  }
  return httpFailure(response, settings);
}

function costUsdOf(body: unknown): number | null {
  const cost = field(body, 'usage', 'cost');
  const totalUsd = readNumber(field(cost, 'total_cost'), 'number');
  return field(cost, 'currency') === 'USD' && totalUsd !== null && totalUsd >= 0 ? totalUsd : null;
}

export function parseStances(
  response: HttpResponse,
  batch: readonly Question[],
  settings: SourceSettings,
): ParsedBatch {
  return parseModelAnswer({ failureOf, textOf: responsesText, costUsdOf }, response, batch, settings);
}
