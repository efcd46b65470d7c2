import { type Failure, failure } from '../../core/failure.ts';
import type { HttpResponse } from '../../core/http.ts';
import type { Question } from '../../core/question.ts';
import type { ParsedBatch, SourceSettings } from '../../core/source.ts';
import { answerText, httpFailure } from '../door/http-failure.ts';
import { field } from '../door/json.ts';
import { retryAfterMs } from '../door/limit-headers.ts';
import { readNumber } from '../door/number.ts';
import { chatText, responsesText } from '../model-answer/model-text.ts';
import { parseModelAnswer } from '../model-answer/parse-model-answer.ts';
import { usesChat } from './request.ts';

/** Says "bad key" with a 400 and "no money" with a 403 or a 429; both of its error bodies carry the words as text. */
const BAD_KEY = /(?:incorrect|invalid) api key/i;
const SPENT = /credits|spending limit/i;

function failureOf(response: HttpResponse, settings: SourceSettings): Failure | null {
  const { status, body } = response;
  if (status === 400 && BAD_KEY.test(body)) return failure('auth', answerText(response, settings));
  if ((status === 403 || status === 429) && SPENT.test(body)) {
    return failure('quota', answerText(response, settings), retryAfterMs(response));
  }
  return httpFailure(response, settings);
}

const TICKS_PER_USD = 1e10;

/** The exact charge, tools included: on chat and Responses alike. */
function costUsdOf(body: unknown): number | null {
  const ticks = readNumber(field(body, 'usage', 'cost_in_usd_ticks'), 'number');
  return ticks !== null && ticks >= 0 ? ticks / TICKS_PER_USD : null;
}

export function parseStances(
  response: HttpResponse,
  batch: readonly Question[],
  settings: SourceSettings,
): ParsedBatch {
  const textOf = usesChat(settings) ? chatText : responsesText;
  return parseModelAnswer({ failureOf, textOf, costUsdOf }, response, batch, settings);
}
