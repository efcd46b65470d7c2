import type { Answer, DataFault, SourceHealth } from '../core/answer.ts';
import type { Failure, FailureKind } from '../core/failure.ts';
import { healthScore, latencyPart, unknownParts } from './health-score.ts';
import type { Exchange } from './job.ts';
import { learnedNormMs, USUAL_SHARE } from './latency-norm.ts';

const LATENCIES_KEPT = 100;
const P95_REQUESTS_MIN = 20;
const P95_EVERY = 10;

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

const SAYS_NOTHING_BAD: ReadonlySet<FailureKind> = new Set<FailureKind>([
  ...ABOUT_THE_QUESTION,
  'badRequest',
]);

/** Counts what became of one source's requests and questions since start. */
export class HealthLog {
  readonly #sourceId: string;
  /** Asked for nothing, by configuration. */
  isDisabled = false;
  readonly #failedByKind: Record<string, number> = {};
  readonly #parts = unknownParts();
  readonly #latenciesMs = new Float64Array(LATENCIES_KEPT);
  #state: SourceHealth['state'] = 'unasked';
  #normMs: number | null = null;
  #p95Ms: number | null = null;
  #p95DueAt = P95_REQUESTS_MIN;
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
    this.#score(exchange);
  }

  #score({ failure: found, fate, latencyMs, receivedAtMs }: Exchange): void {
    const isSpoilt = found !== null && !SAYS_NOTHING_BAD.has(found.kind);
    const { success, latency } = this.#parts;
    success.note(isSpoilt ? 0 : 1, receivedAtMs);
    if (fate !== 'answered') return;
    if (this.#normMs !== null) latency.note(latencyPart(latencyMs, this.#normMs), receivedAtMs);
    this.#normMs = learnedNormMs(this.#normMs, latencyMs, USUAL_SHARE);
  }

  judged(fault: DataFault | null, nowMs: number): void {
    const { freshness, agreement } = this.#parts;
    if (fault !== 'outlier') freshness.note(fault === null ? 1 : 0, nowMs);
    if (fault === null || fault === 'outlier') agreement.note(fault === null ? 1 : 0, nowMs);
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

  snapshot(): Omit<SourceHealth, 'budget' | 'quotas' | 'limits' | 'breakers' | 'cache'> {
    return {
      sourceId: this.#sourceId,
      state: this.isDisabled ? 'disabled' : this.#state,
      score: healthScore(this.#parts),
      requests: this.#requests,
      answered: this.#answered,
      failedByKind: { ...this.#failedByKind },
      spentUsd: this.#spentUsd,
      latencyP50Ms: this.#latencyMs(0.5),
      lastOkAtMs: this.#lastOkAtMs,
      lastFailure: this.#lastFailure,
    };
  }

  /** Renewed with every tenth exchange; null before the twentieth. */
  get latencyP95Ms(): number | null {
    if (this.#requests >= this.#p95DueAt) {
      this.#p95Ms = this.#latencyMs(0.95);
      this.#p95DueAt = this.#requests + P95_EVERY;
    }
    return this.#p95Ms;
  }

  #latencyMs(share: number): number | null {
    const count = Math.min(this.#requests, LATENCIES_KEPT);
    if (count === 0) return null;
    return this.#latenciesMs.slice(0, count).sort()[Math.floor(share * (count - 1))] ?? null;
  }
}
