import type { CacheEntry } from '../core/cache.ts';
import type { HttpResponse } from '../core/http.ts';
import type { View } from '../core/question.ts';
import type { ParsedBatch } from '../core/source.ts';
import type { HttpCaching } from './http-caching.ts';
import type { Job } from './job.ts';

const NOT_MODIFIED = 304;

type Held = Extract<CacheEntry['result'], { kind: 'view' }>;

/** The same job, asking for an answer only if it differs from what is held (RFC 9110, section 13). */
export function conditional(job: Job): Job {
  const held = heldBy(job);
  if (held === null) return job;
  const { etag, lastModified } = held;
  const headers: Record<string, string> = { ...job.request.headers };
  if (etag !== null) headers['if-none-match'] = etag;
  if (lastModified !== null) headers['if-modified-since'] = lastModified;
  return { ...job, request: { ...job.request, headers } };
}

/** What a 304 says: what is held is still so. Null for every other answer, and where nothing was asked conditionally. */
export function unmodified(
  job: Job,
  { status, receivedAtMs }: HttpResponse,
): { readonly parsed: ParsedBatch; readonly held: CacheEntry; readonly digest: string } | null {
  if (status !== NOT_MODIFIED) return null;
  const held = heldBy(job);
  if (held?.result.kind !== 'view') return null;
  const view = confirmed(held.result, receivedAtMs);
  return {
    parsed: { readings: [{ kind: 'ok', view }], reportedCostUsd: null, nextPage: null },
    held,
    digest: held.result.provenance.digest,
  };
}

/** A validator names the answer to one request; it is of no use where one question is only a share of that. */
export function cachingOfJob({ flights }: Job, said: HttpCaching, isWhole: boolean): HttpCaching {
  if (said.etag === null && said.lastModified === null) return said;
  return flights.length === 1 && isWhole ? said : { ...said, etag: null, lastModified: null };
}

/** A question alone in its request, so that what came back is what was asked for here. */
function heldBy({ flights, request }: Job): CacheEntry | null {
  const [flight, other] = flights;
  if (flight === undefined || other !== undefined || request.method !== 'GET') return null;
  const { held = null } = flight;
  if (held?.result.kind !== 'view') return null;
  return held.etag === null && held.lastModified === null ? null : held;
}

/** A quote without a time of its own is as new as the word that it still holds. */
function confirmed({ view }: Held, receivedAtMs: number): View {
  return view.kind === 'market' ? { ...view, quote: { ...view.quote, receivedAtMs } } : view;
}
