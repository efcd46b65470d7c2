import type { HttpResponse } from '../core/http.ts';
import type { View } from '../core/question.ts';
import type { ParsedBatch } from '../core/source.ts';
import type { HttpCaching } from './http-caching.ts';
import type { Job } from './job.ts';
import type { KeptView, Validators } from './kept-answer.ts';

const NOT_MODIFIED = 304;

type Held = KeptView & { readonly validators: Validators };

/** The same job, asking for an answer only if it differs from what is held (RFC 9110, section 13). */
export function conditional(job: Job): Job {
  const held = heldBy(job);
  if (held === null) return job;
  const { etag, lastModified } = held.validators;
  const headers: Record<string, string> = { ...job.request.headers };
  if (etag !== null) headers['if-none-match'] = etag;
  if (lastModified !== null) headers['if-modified-since'] = lastModified;
  return { ...job, request: { ...job.request, headers } };
}

/** What a 304 says: what is held is still so. Null for every other answer, and where nothing was asked conditionally. */
export function unmodified(
  job: Job,
  { status, receivedAtMs }: HttpResponse,
): { readonly parsed: ParsedBatch; readonly validators: Validators; readonly digest: string } | null {
  if (status !== NOT_MODIFIED) return null;
  const held = heldBy(job);
  if (held === null) return null;
  const view = confirmed(held, receivedAtMs);
  return {
    parsed: { readings: [{ kind: 'ok', view }], reportedCostUsd: null, nextPage: null },
    validators: held.validators,
    digest: held.provenance.digest,
  };
}

/** A validator names the answer to one request; it is of no use where one question is only a share of that. */
export function cachingOfJob({ flights }: Job, said: HttpCaching, isWhole: boolean): HttpCaching {
  if (said.etag === null && said.lastModified === null) return said;
  return flights.length === 1 && isWhole ? said : { ...said, etag: null, lastModified: null };
}

/** A question alone in its request, so that what came back is what was asked for here. */
function heldBy({ flights, request }: Job): Held | null {
  if (flights.length !== 1 || request.method !== 'GET') return null;
  const held = flights[0]?.held ?? null;
  return held?.kind === 'view' && isNamed(held) ? held : null;
}

function isNamed(held: KeptView): held is Held {
  return held.validators !== null;
}

/** A quote without a time of its own is as new as the word that it still holds. */
function confirmed({ view }: Held, receivedAtMs: number): View {
  return view.kind === 'market' ? { ...view, quote: { ...view.quote, receivedAtMs } } : view;
}
