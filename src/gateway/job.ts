import type { Failure } from '../core/failure.ts';
import type { HttpRequest } from '../core/http.ts';
import type { RequestEnd } from '../core/meter.ts';
import { type Endpoint, type LimitState, NO_LIMIT_STATE, type Reading } from '../core/source.ts';
import type { Flight } from './flight.ts';
import { type HttpCaching, NO_CACHING } from './http-caching.ts';

/** One request that waits to be sent. */
export type Job = {
  readonly endpoint: Endpoint;
  readonly flights: readonly Flight[];
  readonly request: HttpRequest;
  /** In the limit units of the source. */
  readonly weight: number;
};

/** After this moment (Unix ms) nobody waits for the answer any longer. */
export function deadlineAtMsOf(job: Job): number {
  let latest = 0;
  for (const { deadlineAtMs } of job.flights) if (deadlineAtMs > latest) latest = deadlineAtMs;
  return latest;
}

/** Of the question in it that has the highest. */
export function priorityOf(job: Job): number {
  let highest = 0;
  for (const { priority } of job.flights) if (priority > highest) highest = priority;
  return highest;
}

/** Whether all questions in it can wait for their turn. */
export function isPatient(job: Job): boolean {
  return job.flights.length > 0 && job.flights.every((flight) => flight.isPatient);
}

/** How far a request came. */
export type Fate =
  /** Never tried. */
  | 'heldBack'
  /** Tried, and nothing of it can have reached the provider. */
  | 'unsent'
  /** Sent, and no whole answer came back. */
  | 'lost'
  | 'answered';

/** What became of one request. */
export type Exchange = {
  /** What went wrong with the request as a whole; null where at least one question was answered by itself. */
  readonly failure: Failure | null;
  /** One per flight of the job. */
  readonly readings: readonly Reading[];
  readonly nextPage: string | null;
  readonly limitState: LimitState;
  readonly caching: HttpCaching;
  readonly fate: Fate;
  /** HTTP status; null where none came. */
  readonly status: number | null;
  readonly sentAtMs: number;
  /** What the provider's clock said, in whole seconds (Unix ms); null where it said nothing. */
  readonly dateAtMs: number | null;
  readonly receivedAtMs: number;
  readonly latencyMs: number;
  /** Of that: how long this process was busy itself, and could not have read an answer. */
  readonly ownMs: number;
  /** As in Provenance; of several pages the digest of their digests; empty where nothing came. */
  readonly digest: string;
  readonly costUsd: number;
};

export type Send = (job: Job) => Promise<Exchange>;

/** Every question of `job` with the same failure. */
export function allFailed(count: number, failure: Failure): Reading[] {
  return Array.from({ length: count }, () => ({ kind: 'failed', failure }));
}

/** The failure of the request as a whole: all of one kind, or any word of a limit. */
export function commonFailure(readings: readonly Reading[]): Failure | null {
  let first: Failure | null = null;
  let isCommon = true;
  for (const reading of readings) {
    if (reading.kind === 'ok') isCommon = false;
    else if (reading.failure.kind === 'limit' || reading.failure.kind === 'quota') return reading.failure;
    else if (first === null) first = reading.failure;
    else if (first.kind !== reading.failure.kind) isCommon = false;
  }
  return isCommon ? first : null;
}

/** The same for those who count; `enteredAtMs` (Unix ms): when the request began to wait. */
export function requestEnd({ endpoint, flights }: Job, exchange: Exchange, enteredAtMs: number): RequestEnd {
  const { status, failure, sentAtMs, latencyMs, costUsd } = exchange;
  return {
    endpoint: endpoint.name,
    status,
    failure: failure?.kind ?? null,
    questions: flights.length,
    queuedMs: Math.max(0, sentAtMs - enteredAtMs),
    tookMs: latencyMs,
    costUsd,
  };
}

/** The exchange that did not take place. */
export function heldBack(job: Job, refusal: Failure, nowMs: number): Exchange {
  return {
    failure: refusal,
    readings: allFailed(job.flights.length, refusal),
    nextPage: null,
    limitState: NO_LIMIT_STATE,
    caching: NO_CACHING,
    fate: 'heldBack',
    status: null,
    sentAtMs: nowMs,
    dateAtMs: null,
    receivedAtMs: nowMs,
    latencyMs: 0,
    ownMs: 0,
    digest: '',
    costUsd: 0,
  };
}
