import type { Answer } from '../core/answer.ts';
import type { Clock } from '../core/clock.ts';
import type { Failure } from '../core/failure.ts';
import type { Endpoint } from '../core/source.ts';
import { halves, isPoisoned } from './batch.ts';
import { cachingOfJob } from './conditional.ts';
import type { Flight } from './flight.ts';
import { type HttpCaching, NO_CACHING } from './http-caching.ts';
import type { Exchange, Job, Send } from './job.ts';
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
    carryJob(options, job);
  }
}

function carryJob(options: CarryOptions, job: Job): void {
  const { requestOf, send } = options;
  send(job, (first) => {
    if (first.nextPage === null) {
      land(options, job, first, true);
      return;
    }
    const pages = followPages(first, (page) => requestOf(job, page), send);
    void pages.then((whole) => land(options, job, whole, false));
  });
}

/** Brings each flight its answer out of what became of the job; a whole is one that came in one piece. */
function land(options: CarryOptions, job: Job, exchange: Exchange, isWhole: boolean): void {
  const { sourceId, clock, settle } = options;
  const { endpoint, flights } = job;
  if (isPoisoned(exchange.readings)) {
    for (const half of halves(flights)) carry(options, endpoint, half);
    return;
  }
  const origin = new Origin(exchange, sourceId, endpoint.name);
  const caching = cachingOfJob(job, exchange.caching, isWhole);
  const nowMs = clock.nowMs();
  flights.forEach((flight, i) => {
    const reading = exchange.readings[i];
    if (reading !== undefined) settle(flight, origin.answerOf(reading), caching, nowMs);
  });
}
