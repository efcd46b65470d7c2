import { Counter, type Registry } from 'prom-client';
import type { Answer } from '../../core/answer.ts';
import type { Meter, RequestEnd } from '../../core/meter.ts';
import { SourceCounts } from './source-counts.ts';
import { SourceHistogram } from './source-histogram.ts';

/** From a hit in memory to a model that thinks for half a minute. */
const ASK_BUCKETS_S = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** From a price of this second to a rating of hours ago. */
const AGE_BUCKETS_S = [0.25, 1, 2.5, 5, 15, 60, 300, 900, 3_600, 14_400];

/** What goes to the providers and comes back. */
export class GatewayMetrics implements Pick<Meter, 'request' | 'retry' | 'coalesced' | 'answer'> {
  readonly #requests: Counter<'source' | 'status' | 'outcome'>;
  readonly #requestSeconds: SourceHistogram;
  readonly #queueSeconds: SourceHistogram;
  readonly #batched: Counter<'source'>;
  readonly #usd: Counter<'source'>;
  readonly #retries: Counter<'source'>;
  readonly #coalesced: Counter<'source'>;
  readonly #answers: SourceCounts;
  readonly #askSeconds: SourceHistogram;
  readonly #ageSeconds: SourceHistogram;

  constructor(registry: Registry) {
    const registers = [registry];
    const labelNames = ['source'] as const;
    this.#requests = new Counter({
      name: 'sextant_provider_requests_total',
      help: 'Requests that were sent to a provider, by HTTP status (none: no whole answer came, as when our deadline passed) and outcome (ok or the kind of failure).',
      labelNames: ['source', 'status', 'outcome'],
      registers,
    });
    this.#requestSeconds = new SourceHistogram(registry, {
      name: 'sextant_provider_request_duration_seconds',
      help: 'From leaving to the whole answer of the provider.',
      buckets: ASK_BUCKETS_S,
    });
    this.#queueSeconds = new SourceHistogram(registry, {
      name: 'sextant_provider_request_queue_seconds',
      help: 'How long a request waited until limits, budgets and connections let it leave.',
      buckets: ASK_BUCKETS_S,
    });
    this.#batched = new Counter({
      name: 'sextant_provider_request_questions_total',
      help: 'Questions that requests carried; divided by the requests it is the size of a batch.',
      labelNames,
      registers,
    });
    this.#usd = new Counter({
      name: 'sextant_provider_cost_usd_total',
      help: 'What the requests cost: the bill where the provider sends one, else the list price of the configuration.',
      labelNames,
      registers,
    });
    this.#retries = new Counter({
      name: 'sextant_provider_retries_total',
      help: 'Requests that were sent again after a failure.',
      labelNames,
      registers,
    });
    this.#coalesced = new Counter({
      name: 'sextant_questions_coalesced_total',
      help: 'Questions that were answered by an equal one under way.',
      labelNames,
      registers,
    });
    this.#answers = new SourceCounts(registry, {
      name: 'sextant_answers_total',
      help: 'Answers to questions: fresh, cached, stale, or the kind of failure.',
    });
    this.#askSeconds = new SourceHistogram(registry, {
      name: 'sextant_ask_duration_seconds',
      help: 'From a question to its answer, whoever gave it.',
      buckets: ASK_BUCKETS_S,
    });
    this.#ageSeconds = new SourceHistogram(registry, {
      name: 'sextant_cache_answer_age_seconds',
      help: 'How old kept answers were when they were served, from the provider’s own time of the datum where it tells one.',
      buckets: AGE_BUCKETS_S,
    });
  }

  request(source: string, end: RequestEnd): void {
    this.#requests.inc({ source, status: String(end.status ?? 'none'), outcome: end.failure ?? 'ok' });
    this.#requestSeconds.observe(source, end.tookMs / 1_000);
    this.#queueSeconds.observe(source, end.queuedMs / 1_000);
    this.#batched.inc({ source }, end.questions);
    this.#usd.inc({ source }, end.costUsd);
  }

  retry(source: string): void {
    this.#retries.inc({ source });
  }

  coalesced(source: string): void {
    this.#coalesced.inc({ source });
  }

  answer(source: string, answer: Answer, tookMs: number): void {
    this.#answers.add(source, 'failure' in answer ? answer.failure.kind : answer.kind);
    this.#askSeconds.observe(source, tookMs / 1_000);
    if ('ageMs' in answer) this.#ageSeconds.observe(source, answer.ageMs / 1_000);
  }
}
