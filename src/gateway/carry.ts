import type { Answer } from '../core/answer.ts';
import type { Clock } from '../core/clock.ts';
import type { Failure } from '../core/failure.ts';
import type { Endpoint } from '../core/source.ts';
import { halves, isPoisoned } from './batch.ts';
import { cachingOfJob } from './conditional.ts';
import type { Flight } from './flight.ts';
import { type HttpCaching, NO_CACHING } from './http-caching.ts';
import type { Job, Send } from './job.ts';
import { failedAnswer, Origin } from './outcome.ts';
import { followPages } from './paging.ts';

/** Longer addresses are turned away by common servers and proxies. */
export const URL_CHARS_MAX = 4_000;

export type CarryOptions = {
  readonly sourceId: string;
  readonly requestOf: (batch: Pick<Job, 'endpoint' | 'flights'>, page: string | null) => Job | Failure;
  readonly send: Send;
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly settle: (flight: Flight, answer: Answer, caching: HttpCaching, nowMs: number) => void;
};

/** Brings one batch to its source and each flight its answer; a batch too long or spoilt by one symbol goes in halves. */
export function carry(options: CarryOptions, endpoint: Endpoint, flights: readonly Flight[]): void {
  const { requestOf, clock, settle } = options;
  const job = requestOf({ endpoint, flights }, null);
  if ('kind' in job) {
    // Nobody is told before whoever asks has asked.
    queueMicrotask(() => {
      const nowMs = clock.nowMs();
      for (const flight of flights) settle(flight, failedAnswer(job), NO_CACHING, nowMs);
    });
  } else if (flights.length > 1 && job.request.url.length > URL_CHARS_MAX) {
    for (const half of halves(flights)) carry(options, endpoint, half);
  } else {
    void carryJob(options, job);
  }
}

async function carryJob(options: CarryOptions, job: Job): Promise<void> {
  const { sourceId, requestOf, send, clock, settle } = options;
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
  const origin = new Origin(exchange, sourceId, endpoint.name);
  const caching = cachingOfJob(job, exchange.caching, first.nextPage === null);
  const nowMs = clock.nowMs();
  flights.forEach((flight, i) => {
    const reading = exchange.readings[i];
    if (reading !== undefined) settle(flight, origin.answerOf(reading), caching, nowMs);
  });
}
