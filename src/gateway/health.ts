import type { Answer, SourceHealth } from '../core/answer.ts';
import type { Failure, FailureKind } from '../core/failure.ts';
import type { Exchange } from './job.ts';

const LATENCIES_KEPT = 100;

const STATES: Partial<Record<FailureKind, SourceHealth['state']>> = {
  limit: 'limited',
  rateLimited: 'limited',
  quota: 'quota',
  budget: 'quota',
  auth: 'auth',
  blocked: 'blocked',
};

/** Answers about one question that say nothing of the source's health. */
const ABOUT_THE_QUESTION: ReadonlySet<FailureKind> = new Set<FailureKind>([
  'unknownSymbol',
  'noData',
  'plan',
  'parked',
  'disabled',
  'deadline',
]);

/** Counts what became of one source's requests and questions since start. */
export class HealthLog {
  readonly #sourceId: string;
  /** Asked for nothing, by configuration. */
  isDisabled = false;
  readonly #failedByKind: Record<string, number> = {};
  readonly #latenciesMs = new Float64Array(LATENCIES_KEPT);
  #state: SourceHealth['state'] = 'unasked';
  #requests = 0;
  #answered = 0;
  #spentUsd = 0;
  #lastOkAtMs: number | null = null;
  #lastFailure: SourceHealth['lastFailure'] = null;

  constructor(sourceId: string) {
    this.#sourceId = sourceId;
  }

  exchanged(exchange: Exchange): void {
    this.#latenciesMs[this.#requests % LATENCIES_KEPT] = exchange.latencyMs;
    this.#requests += 1;
    this.#spentUsd += exchange.costUsd;
  }

  answered(answer: Answer, nowMs: number): void {
    if (answer.kind === 'refused' || answer.kind === 'failed') this.#failed(answer.failure, nowMs);
    else {
      this.#answered += 1;
      this.#lastOkAtMs = nowMs;
      this.#state = 'ok';
    }
  }

  #failed(failure: Failure, nowMs: number): void {
    this.#failedByKind[failure.kind] = (this.#failedByKind[failure.kind] ?? 0) + 1;
    this.#lastFailure = { ...failure, atMs: nowMs };
    if (ABOUT_THE_QUESTION.has(failure.kind)) return;
    // What we hold back because of an earlier answer leaves the state that this answer gave.
    const isFollowUp = failure.kind === 'breakerOpen' || failure.kind === 'rateLimited';
    if (isFollowUp && this.#state !== 'ok' && this.#state !== 'unasked') return;
    this.#state = STATES[failure.kind] ?? 'failing';
  }

  snapshot(): Omit<SourceHealth, 'budget' | 'quotas'> {
    return {
      sourceId: this.#sourceId,
      state: this.isDisabled ? 'disabled' : this.#state,
      requests: this.#requests,
      answered: this.#answered,
      failedByKind: { ...this.#failedByKind },
      spentUsd: this.#spentUsd,
      latencyP50Ms: this.#medianLatencyMs(),
      lastOkAtMs: this.#lastOkAtMs,
      lastFailure: this.#lastFailure,
    };
  }

  #medianLatencyMs(): number | null {
    const count = Math.min(this.#requests, LATENCIES_KEPT);
    if (count === 0) return null;
    return this.#latenciesMs.slice(0, count).sort()[Math.floor((count - 1) / 2)] ?? null;
  }
}
