import type { Clock } from '../core/clock.ts';
import type { Failure } from '../core/failure.ts';
import { failure } from '../core/failure.ts';
import { GO, type Guard, type Verdict } from './guard.ts';
import { deadlineAtMsOf, type Exchange, type Job, priorityOf } from './job.ts';
import type { ProviderClock } from './provider-clock.ts';
import type { RateLimit } from './rate-limit.ts';
import { type Urgency, UrgencyQueue } from './urgency-queue.ts';

/** How urgent the job was when it came; others who want its answer may have joined since. */
type Waiting = Urgency & {
  readonly job: Job;
  readonly guards: readonly Guard[];
  readonly admit: (refusal: Failure | null) => void;
};

export type DeparturesOptions = {
  readonly clock: Clock;
  /** The same clock, watched. */
  readonly time: ProviderClock;
  /** Says what can leave at the very best. */
  readonly limit: Pick<RateLimit, 'roomUntil'>;
  /** Most requests that wait. */
  readonly queueMax: number;
};

/**
 * Where requests had to be refused lately because more came than may leave, the first to come waits so long for company,
 * and the highest priority leaves: symbols ask as the prices come in that they wait for.
 */
const GATHER_MS = 50;
/** So long a refusal shows that requests are more than may leave: longer than the cycles of a service take. */
const SCARCE_MS = 600_000;

/**
 * The queue of one source, most urgent first, of equals the highest priority first. A request that can no longer leave in
 * time is refused at once and never sent late. One wake-up for the whole queue, none while it is empty.
 */
export class Departures {
  readonly #options: DeparturesOptions;
  readonly #queue = new UrgencyQueue<Waiting>(({ job }) => job.weight);
  /** Most requests that wait. */
  queueMax: number;
  #scarceUntilMs = 0;
  /** Before this (Unix ms) nothing leaves. */
  #gatheredAtMs = 0;
  #wakeUpAtMs: number | null = null;
  #cancelWakeUp: (() => void) | null = null;

  constructor(options: DeparturesOptions) {
    this.#options = options;
    this.queueMax = options.queueMax;
  }

  /**
   * Resolves with null when the request may leave, and counts as having left; or with why it may not. The guards are asked
   * in their order; the first that says anything but `go` decides.
   */
  enter(job: Job, guards: readonly Guard[]): Promise<Failure | null> | Failure | null {
    const nowMs = this.#options.time.nowMs();
    const deadlineAtMs = deadlineAtMsOf(job);
    const urgency = { deadlineAtMs, priority: priorityOf(job) };
    if (this.#queue.size > 0) {
      const refusal = this.#hopeless(job, urgency, nowMs);
      if (refusal !== null) return refusal;
    } else if (nowMs < this.#scarceUntilMs && deadlineAtMs - nowMs > 2 * GATHER_MS) {
      this.#gatheredAtMs = nowMs + GATHER_MS;
    } else {
      const decided = this.#decide({ job, guards }, deadlineAtMs, nowMs);
      if (decided.kind === 'go') return null;
      if (decided.kind === 'refuse') return decided.failure;
    }
    return new Promise((admit) => {
      const waiting = { ...urgency, job, guards, admit };
      this.#queue.add(waiting);
      if (this.#queue.first() === waiting) this.#pump();
    });
  }

  /** Whether nothing waits. */
  get isIdle(): boolean {
    return this.#queue.size === 0;
  }

  /** With the guards it entered with. */
  back(job: Job, exchange: Exchange, guards: readonly Guard[]): void {
    const { time } = this.#options;
    time.heard(exchange);
    const nowMs = time.nowMs();
    for (const guard of guards) guard.back(job, exchange, nowMs);
    if (this.#queue.size > 0) this.#pump();
  }

  /** Requests that wait. */
  get size(): number {
    return this.#queue.size;
  }

  /** Refuses whatever still waits. */
  close(): void {
    this.#wakeUpAt(null);
    for (let next = this.#queue.takeFirst(); next !== undefined; next = this.#queue.takeFirst()) {
      next.admit(failure('disabled', 'the gateway is closing'));
    }
  }

  #pump(): void {
    const nowMs = this.#options.time.nowMs();
    const gathersForMs = this.#gatheredAtMs - nowMs;
    const mostUrgentMs = this.#queue.first()?.deadlineAtMs ?? 0;
    // Longer only where the clock was set back. Who cannot wait so long ends the gathering.
    if (gathersForMs > 0 && gathersForMs <= GATHER_MS && mostUrgentMs > this.#gatheredAtMs) {
      this.#wakeUpAt(this.#gatheredAtMs);
      return;
    }
    for (let first = this.#queue.first(); first !== undefined; first = this.#queue.first()) {
      const deadlineAtMs = deadlineAtMsOf(first.job);
      const decided = this.#decide(first, deadlineAtMs, nowMs);
      if (decided.kind === 'wait') {
        this.#wakeUpAt(Math.min(decided.untilMs, deadlineAtMs));
        return;
      }
      this.#queue.takeFirst();
      first.admit(decided.kind === 'go' ? null : decided.failure);
    }
    this.#wakeUpAt(null);
  }

  #decide({ job, guards }: Pick<Waiting, 'job' | 'guards'>, deadlineAtMs: number, nowMs: number): Verdict {
    if (nowMs >= deadlineAtMs) {
      return { kind: 'refuse', failure: failure('deadline', 'the deadline passed while the request waited') };
    }
    for (const guard of guards) {
      const verdict = guard.check(job, nowMs);
      if (verdict.kind === 'refuse') return verdict;
      if (verdict.kind === 'wait') {
        const { untilMs, failureKind, because } = verdict;
        if (untilMs < deadlineAtMs || !Number.isFinite(untilMs)) return verdict;
        if (failureKind === 'rateLimited') this.#scarceUntilMs = nowMs + SCARCE_MS;
        return { kind: 'refuse', failure: failure(failureKind, because, untilMs - nowMs) };
      }
    }
    for (const guard of guards) guard.leave(job, nowMs);
    return GO;
  }

  #hopeless(job: Job, urgency: Urgency, nowMs: number): Failure | null {
    const { limit } = this.#options;
    if (this.#queue.size >= this.queueMax) {
      return failure('rateLimited', `${this.queueMax} requests wait already`);
    }
    const aheadWeight = this.#queue.weightAhead(urgency);
    if (aheadWeight + job.weight <= limit.roomUntil(urgency.deadlineAtMs, nowMs)) return null;
    this.#scarceUntilMs = nowMs + SCARCE_MS;
    return failure('rateLimited', `a weight of ${aheadWeight} waits already, more than may leave in time`);
  }

  #wakeUpAt(atMs: number | null): void {
    if (atMs === this.#wakeUpAtMs) return;
    this.#wakeUpAtMs = atMs;
    this.#cancelWakeUp?.();
    this.#cancelWakeUp =
      atMs === null
        ? null
        : this.#options.clock.at(atMs, () => {
            this.#cancelWakeUp = null;
            this.#wakeUpAtMs = null;
            this.#pump();
          });
  }
}
