import type { HttpResponse } from '../../core/http.ts';
import type { Question } from '../../core/question.ts';
import type { ParsedBatch, Reading, SourceSettings } from '../../core/source.ts';
import { httpFailure } from '../door/http-failure.ts';
import { batchOf, failAll, jsonBody } from '../door/readings.ts';
import { wordsFailure } from './failure.ts';

/** Reads the body of every function alike: one that carries words instead of data fails before `read` sees it. */
export function parseBody(
  response: HttpResponse,
  batch: readonly Question[],
  settings: SourceSettings,
  read: (body: unknown, question: Question) => Reading,
): ParsedBatch {
  const refused = httpFailure(response, settings);
  if (refused !== null) return failAll(batch, refused);
  const body = jsonBody(response, settings);
  if (body.kind === 'failed') return failAll(batch, body.failure);
  const words = wordsFailure(body.value, settings);
  if (words !== null) return failAll(batch, words);
  return batchOf(batch.map((question) => read(body.value, question)));
}

/** The zones that answers name; a time in any other zone is not read. */
const ZONES: Readonly<Record<string, string>> = { UTC: 'UTC', 'US/Eastern': 'America/New_York' };

/** IANA name of a zone as the provider names it, or null. */
export function zoneOf(name: unknown): string | null {
  return typeof name === 'string' && Object.hasOwn(ZONES, name) ? (ZONES[name] ?? null) : null;
}
