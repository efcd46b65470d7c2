import type { Answer } from '../core/answer.ts';
import type { Failure } from '../core/failure.ts';
import type { Endpoint } from '../core/source.ts';
import { halves, isPoisoned } from './batch.ts';
import { cachingOfJob } from './conditional.ts';
import type { Flight } from './flight.ts';
import { type HttpCaching, NO_CACHING } from './http-caching.ts';
import type { Exchange, Job, Send } from './job.ts';
import { answerOf, failedAnswer } from './outcome.ts';
import { followPages } from './paging.ts';

/** Longer addresses are turned away by common servers and proxies. */
export const URL_CHARS_MAX = 4_000;

export type CarryOptions = {
  readonly sourceId: string;
  readonly requestOf: (batch: Pick<Job, 'endpoint' | 'flights'>, page: string | null) => Job | Failure;
  readonly send: Send;
  readonly settle: (flight: Flight, answer: Answer, caching: HttpCaching) => void;
};

/** Brings one batch to its source and each flight its answer; a batch too long or spoilt by one symbol goes in halves. */
export function carry(options: CarryOptions, endpoint: Endpoint, flights: readonly Flight[]): void {
  const { requestOf, settle } = options;
  const job = requestOf({ endpoint, flights }, null);
  if ('kind' in job) {
    // Nobody is told before whoever asks has asked.
    queueMicrotask(() => {
      for (const flight of flights) settle(flight, failedAnswer(job), NO_CACHING);
    });
  } else if (flights.length > 1 && job.request.url.length > URL_CHARS_MAX) {
    for (const half of halves(flights)) carry(options, endpoint, half);
  } else {
    void carryJob(options, job);
  }
}

async function carryJob(options: CarryOptions, job: Job): Promise<void> {
  const { sourceId, requestOf, send, settle } = options;
  const { endpoint, flights } = job;
  const first = await send(job);
  const exchange =
    first.nextPage === null
      ? first
      : await followPages(first, (page) => requestOf({ endpoint, flights }, page), send);
  if (isPoisoned(exchange.readings)) {
    for (const half of halves(flights)) carry(options, endpoint, half);
    return;
  }
  const origin = originOf(exchange, sourceId, endpoint.name);
  const caching = cachingOfJob(job, exchange.caching, first.nextPage === null);
  flights.forEach((flight, i) => {
    const reading = exchange.readings[i];
    if (reading !== undefined) settle(flight, answerOf(reading, origin), caching);
  });
}

function originOf({ receivedAtMs, digest, latencyMs }: Exchange, sourceId: string, endpoint: string) {
  return { sourceId, endpoint, receivedAtMs, digest, latencyMs };
}
