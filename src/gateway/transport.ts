import { hash } from 'node:crypto';
import type { Clock } from '../core/clock.ts';
import { type Failure, failure } from '../core/failure.ts';
import type { Http, HttpResponse } from '../core/http.ts';
import type { Question } from '../core/question.ts';
import {
  type LimitState,
  NO_LIMIT_STATE,
  type ParsedBatch,
  type Reading,
  type Source,
  type SourceSettings,
} from '../core/source.ts';
import { unmodified } from './conditional.ts';
import { cachingOf, type HttpCaching, NO_CACHING } from './http-caching.ts';
import { allFailed, commonFailure, deadlineAtMsOf, type Exchange, type Job, type Send } from './job.ts';
import type { Validators } from './kept-answer.ts';
import { dateAtMsOf } from './provider-clock.ts';

const DETAIL_CHARS_MAX = 300;
const DIGEST_CHARS = 16;

export type TransportOptions = {
  readonly source: Source;
  readonly settings: SourceSettings;
  readonly priceUsdPerCall: number | null;
  readonly timeoutMs: number;
  readonly bytesMax: number;
  readonly http: Http;
  readonly clock: Clock;
  readonly redact: (text: string) => string;
};

type Took = Pick<Exchange, 'sentAtMs' | 'latencyMs' | 'ownMs'>;

/** What it takes to let a source's own code make a request and read an answer. */
type Reader = Pick<TransportOptions, 'source' | 'settings' | 'redact'>;

/** Sends one request now and reads its answer. Whatever a source's code throws ends here, with the source named. */
export function transport(options: TransportOptions): Send {
  const { http, clock, timeoutMs, bytesMax } = options;
  return async (job) => {
    const sentAtMs = clock.nowMs();
    const startedMs = clock.elapsedMs();
    const limitMs = Math.min(timeoutMs, deadlineAtMsOf(job) - sentAtMs);
    for (const flight of job.flights) flight.left = true;
    const outcome = await http.send(job.request, { timeoutMs: limitMs, bytesMax });
    const took = { sentAtMs, latencyMs: clock.elapsedMs() - startedMs, ownMs: outcome.ownMs ?? 0 };
    if (outcome.kind === 'failed') {
      const found = clean(failure(outcome.reason, outcome.detail), options.redact);
      return unanswered(options, job, found, { ...took, fate: outcome.unsent === true ? 'unsent' : 'lost' });
    }
    return answered(options, job, outcome.response, took);
  };
}

/** Makes the request of a batch, or says why the source could not. */
export function requestOf(
  { source, settings, redact }: Reader,
  { endpoint, flights }: Pick<Job, 'endpoint' | 'flights'>,
  page: string | null,
): Job | Failure {
  const questions = flights.map(({ question }) => question);
  try {
    const request = endpoint.request(questions, settings, page);
    return { endpoint, flights, request, weight: endpoint.weight(questions) };
  } catch (error) {
    return clean(contained(source, 'making the request', error), redact);
  }
}

function answered(options: TransportOptions, job: Job, response: HttpResponse, took: Took): Exchange {
  const { source, priceUsdPerCall } = options;
  const unchanged = unmodified(job, response);
  const { readings, nextPage, reportedCostUsd } = unchanged?.parsed ?? readAnswer(options, job, response);
  const said = cachingOf(response);
  const found = commonFailure(readings);
  return {
    failure: found,
    readings,
    nextPage,
    limitState: limitStateOf(source, response),
    caching: unchanged === null ? said : stillNamed(said, unchanged.validators),
    fate: 'answered',
    status: response.status,
    ...took,
    dateAtMs: dateAtMsOf(response),
    receivedAtMs: response.receivedAtMs,
    digest: unchanged?.digest ?? hash('sha256', response.body).slice(0, DIGEST_CHARS),
    costUsd: reportedCostUsd ?? (isBilled(found) ? (priceUsdPerCall ?? 0) : 0),
  };
}

function unanswered(
  { priceUsdPerCall, clock }: TransportOptions,
  job: Job,
  found: Failure,
  took: Took & Pick<Exchange, 'fate'>,
): Exchange {
  return {
    failure: found,
    readings: allFailed(job.flights.length, found),
    nextPage: null,
    limitState: NO_LIMIT_STATE,
    caching: NO_CACHING,
    ...took,
    status: null,
    dateAtMs: null,
    receivedAtMs: clock.nowMs(),
    digest: '',
    costUsd: took.fate === 'unsent' || !isBilled(found) ? 0 : (priceUsdPerCall ?? 0),
  };
}

/** What a provider turns away it does not bill; what broke on the way it may have. */
function isBilled(found: Failure | null): boolean {
  if (found === null) return true;
  return !['limit', 'quota', 'auth', 'plan', 'blocked', 'badRequest', 'down', 'redirect'].includes(
    found.kind,
  );
}

/** What the answer says to each flight of the job, without secrets. */
export function readAnswer(
  { source, settings, redact }: Reader,
  { endpoint, flights }: Pick<Job, 'endpoint' | 'flights'>,
  response: HttpResponse,
): ParsedBatch {
  const questions = flights.map(({ question }) => question);
  const useless = (found: Failure): ParsedBatch => ({
    readings: allFailed(questions.length, clean(found, redact)),
    reportedCostUsd: null,
    nextPage: null,
  });
  try {
    const parsed = endpoint.parse(response, questions, settings);
    if (parsed.readings.length !== questions.length) {
      const counts = `${parsed.readings.length} readings for ${questions.length} questions`;
      return useless(failure('badPayload', `source ${source.id} gave ${counts}`));
    }
    const readings = parsed.readings.map((reading, i) => fitting(reading, questions[i] as Question, redact));
    return { ...parsed, readings };
  } catch (error) {
    return useless(contained(source, 'reading the answer', error));
  }
}

/** A good answer to another question is a failure. */
function fitting(reading: Reading, question: Question, redact: Reader['redact']): Reading {
  if (reading.kind === 'failed') return { kind: 'failed', failure: clean(reading.failure, redact) };
  const { view } = reading;
  if (view.kind !== question.kind) {
    return {
      kind: 'failed',
      failure: failure('mismatch', `a ${view.kind} view for a ${question.kind} question`),
    };
  }
  if (view.kind === 'market' && view.quote.instrumentId !== question.instrument.id) {
    const detail = `a quote of ${view.quote.instrumentId} for ${question.instrument.id}`;
    return { kind: 'failed', failure: failure('mismatch', detail) };
  }
  return reading;
}

/** A 304 need not say again by what name it knows the answer. */
function stillNamed(said: HttpCaching, { etag, lastModified }: Validators): HttpCaching {
  return { ...said, etag: said.etag ?? etag, lastModified: said.lastModified ?? lastModified };
}

function limitStateOf(source: Source, response: HttpResponse): LimitState {
  try {
    return source.limitState(response);
  } catch {
    return NO_LIMIT_STATE;
  }
}

function contained(source: Source, doing: string, error: unknown): Failure {
  const text = error instanceof Error ? error.message : String(error);
  return failure('badPayload', `source ${source.id} failed in ${doing}: ${text}`);
}

/** One line, bounded, without secrets. */
function clean(found: Failure, redact: (text: string) => string): Failure {
  const line = redact(found.detail).replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ');
  return { ...found, detail: line.slice(0, DETAIL_CHARS_MAX) };
}
