import type { Failure } from '../../core/failure.ts';
import type { HttpResponse } from '../../core/http.ts';
import type { Question } from '../../core/question.ts';
import type { ParsedBatch, SourceSettings } from '../../core/source.ts';
import { failAll, jsonBody } from '../door/readings.ts';
import { detailText } from '../door/redact.ts';
import type { ModelText } from './model-text.ts';
import { readStances } from './read-stances.ts';

/** Where one provider's model answers differ from another's. */
export type ModelDialect = {
  /** What status and error body say; null when the body is an answer. */
  failureOf(response: HttpResponse, settings: SourceSettings): Failure | null;
  textOf(body: unknown): ModelText;
  /** What the provider says the call cost, in USD; null where it does not. */
  costUsdOf(body: unknown): number | null;
};

/** A model's answer as stances. The stated cost counts also where the answer is of no use: it was charged. */
export function parseModelAnswer(
  dialect: ModelDialect,
  response: HttpResponse,
  batch: readonly Question[],
  settings: SourceSettings,
): ParsedBatch {
  const refused = dialect.failureOf(response, settings);
  if (refused !== null) return failAll(batch, refused);
  const body = jsonBody(response, settings);
  if (body.kind === 'failed') return failAll(batch, body.failure);
  const reportedCostUsd = dialect.costUsdOf(body.value);
  const said = dialect.textOf(body.value);
  if (said.kind === 'failed') {
    const reason = { ...said.failure, detail: detailText(said.failure.detail, settings) };
    return { ...failAll(batch, reason), reportedCostUsd };
  }
  return {
    readings: readStances(batch, said.text, said.eventAtMs, settings),
    reportedCostUsd,
    nextPage: null,
  };
}
