import { LRUCache } from 'lru-cache';
import type { Answer, Ask, CacheCounts } from '../core/answer.ts';
import type { FailureKind } from '../core/failure.ts';
import type { GatewayCacheOptions } from '../core/gateway-options.ts';
import type { Question } from '../core/question.ts';
import { changeRateAfter } from './change-rate.ts';
import type { Flight } from './flight.ts';
import { evenly, FIXED_LIFETIME, type FreshnessOptions, lifetimeOf, noDataTtlMs } from './freshness.ts';
import type { HttpCaching } from './http-caching.ts';
import { type KeptAnswer, type KeptFailure, type KeptView, keptView, receivedAtMsOf } from './kept-answer.ts';

/** An own refusal, or an error on the way: what was true a moment ago is better. Whatever is about the question is not here. */
const STOOD_IN_FOR: ReadonlySet<FailureKind> = new Set<FailureKind>([
  'limit',
  'quota',
  'blocked',
  'down',
  'badPayload',
  'mismatch',
  'timeout',
  'connection',
  'tooLarge',
  'redirect',
  'rateLimited',
  'deadline',
  'budget',
  'breakerOpen',
]);

/** Of an entry besides its bars, estimated, in bytes. */
const ENTRY_BYTES = 800;
const BAR_BYTES = 150;
/** What is left of budgets changes slowly: looked up once in so many ms. */
const LEFT_SHARE_MS = 1_000;
/** Options that are not given are an object that the library makes for each call. */
const NO_OPTIONS = {};
/** So often what will not be asked for again is let go. */
const SWEEP_EVERY_MS = 60_000;

export type AnswerCacheParts = {
  readonly options: GatewayCacheOptions;
  readonly ttlMs: number;
  /** What is left of budgets and long allowances, 0..1. */
  readonly leftShare: (nowMs: number) => number;
};

/** The answers of one source that may serve again, in memory: the first tier. Time comes in as an argument. */
export class AnswerCache {
  readonly #isAdaptive: boolean;
  readonly #freshness: FreshnessOptions;
  readonly #parts: AnswerCacheParts;
  readonly #entries: LRUCache<string, KeptAnswer>;
  #leftShare = 1;
  #leftShareAtMs = Number.NEGATIVE_INFINITY;
  #sweptAtMs = Number.NEGATIVE_INFINITY;
  #hits = 0;
  #stale = 0;
  #misses = 0;
  #adopted = 0;

  constructor(parts: AnswerCacheParts) {
    const { bytesMax, isAdaptive, quoteTtlMs } = parts.options;
    this.#parts = parts;
    this.#isAdaptive = isAdaptive;
    this.#freshness = { quoteTtlMs, ttlMs: parts.ttlMs };
    this.#entries = new LRUCache({ maxSize: bytesMax, sizeCalculation: bytesOf });
  }

  /** What is kept of a question, fresh or not: it counts as asked for. */
  held(key: string): KeptAnswer | null {
    return this.#entries.get(key, NO_OPTIONS) ?? null;
  }

  /** What serves a question now of what is kept of it, `stale` where it has to be asked for anew by now; null where nothing does. */
  find(held: KeptAnswer | null, ask: Ask, nowMs: number): Answer | null {
    const found = held === null ? null : this.#servedFrom(held, ask, nowMs);
    if (found === null) this.#misses += 1;
    return found;
  }

  /** Takes over what another tier has kept for a question that was missed here, and serves from it where it can. */
  adopt(key: string, kept: KeptAnswer, ask: Ask, nowMs: number): Answer | null {
    const own = this.#entries.peek(key);
    if (own !== undefined && receivedAtMsOf(own) >= receivedAtMsOf(kept)) return null;
    this.#entries.set(key, kept);
    const found = this.#servedFrom(kept, ask, nowMs);
    if (found !== null) {
      this.#misses -= 1;
      this.#adopted += 1;
    }
    return found;
  }

  /** What stands in for an answer that could not be had, where there is something that serves; else that answer. */
  instead(key: string, ask: Ask, answer: Answer, nowMs: number): Answer {
    if (!('failure' in answer) || !STOOD_IN_FOR.has(answer.failure.kind)) return answer;
    const kept = this.#entries.get(key);
    if (kept === undefined || kept.kind === 'failed') return answer;
    if (nowMs >= kept.provenance.receivedAtMs + kept.standInMs || !isRecent(kept, ask)) return answer;
    this.#stale += 1;
    return answerFrom(kept, 'stale', nowMs);
  }

  /** Takes note of what a provider has answered; gives what to keep elsewhere too, or null. */
  note(
    { key, question, held: before }: Flight,
    answer: Answer,
    caching: HttpCaching,
    nowMs: number,
  ): KeptAnswer | null {
    this.#sweep(nowMs);
    const kept =
      answer.kind === 'fresh'
        ? this.#viewOf(question, answer, caching, before, nowMs)
        : this.#noDataOf(question, answer, before, nowMs);
    if (kept !== null) this.#entries.set(key, kept, NO_OPTIONS);
    else if (answer.kind === 'fresh') this.#entries.delete(key);
    return kept;
  }

  counts(): CacheCounts {
    return {
      hits: this.#hits,
      stale: this.#stale,
      misses: this.#misses,
      fromSecondTier: this.#adopted,
      entries: this.#entries.size,
      bytes: this.#entries.calculatedSize,
    };
  }

  #servedFrom(kept: KeptAnswer, ask: Ask, nowMs: number): Answer | null {
    const keptForMs = nowMs - receivedAtMsOf(kept);
    if (keptForMs >= kept.renewMs || !isRecent(kept, ask)) return null;
    const isDue = keptForMs >= kept.freshMs;
    if (isDue) this.#stale += 1;
    else this.#hits += 1;
    return answerFrom(kept, isDue ? 'stale' : 'cached', nowMs);
  }

  #viewOf(
    question: Question,
    answer: Extract<Answer, { kind: 'fresh' }>,
    caching: HttpCaching,
    before: KeptAnswer | null,
    nowMs: number,
  ): KeptView | null {
    if (!this.#isAdaptive) return keptView(answer, FIXED_LIFETIME, caching, null);
    const rate = changeRateAfter(before?.rate ?? null, answer.view, answer.provenance.eventAtMs);
    const known = { caching, rate, leftShare: this.#leftShareAt(nowMs) };
    const lifetime = lifetimeOf(question, answer, known, this.#freshness);
    return lifetime === null ? null : keptView(answer, lifetime, caching, rate);
  }

  /** That there are no data may be kept; other refusals that are about the symbol are remembered by parking. */
  #noDataOf(
    question: Question,
    answer: Answer,
    before: KeptAnswer | null,
    nowMs: number,
  ): KeptFailure | null {
    if (!this.#isAdaptive || answer.kind !== 'failed' || answer.failure.kind !== 'noData') return null;
    const failures = (before?.kind === 'failed' ? before.failures : 0) + 1;
    const lifetime = evenly(Math.ceil(noDataTtlMs(question, failures, this.#freshness)));
    const rate = before?.rate ?? null;
    return { kind: 'failed', failure: answer.failure, receivedAtMs: nowMs, ...lifetime, rate, failures };
  }

  #sweep(nowMs: number): void {
    if (Math.abs(nowMs - this.#sweptAtMs) < SWEEP_EVERY_MS) return;
    this.#sweptAtMs = nowMs;
    const spent: string[] = [];
    this.#entries.forEach((kept, key) => {
      if (isSpent(kept, nowMs)) spent.push(key);
    });
    for (const key of spent) this.#entries.delete(key);
  }

  #leftShareAt(nowMs: number): number {
    if (nowMs - this.#leftShareAtMs >= LEFT_SHARE_MS) {
      this.#leftShare = this.#parts.leftShare(nowMs);
      this.#leftShareAtMs = nowMs;
    }
    return this.#leftShare;
  }
}

function isRecent(kept: KeptAnswer, { receivedSinceMs }: Ask): boolean {
  return receivedSinceMs === undefined || receivedAtMsOf(kept) >= receivedSinceMs;
}

/**
 * Every minute has a question for bars of its own: where the answer serves no more it would be in the way for ever. Other
 * answers past their time are what the next one is compared with.
 */
function isSpent(kept: KeptAnswer, nowMs: number): boolean {
  const keptForMs = nowMs - receivedAtMsOf(kept);
  return (
    keptForMs >= kept.standInMs + SWEEP_EVERY_MS && (kept.kind === 'failed' || kept.view.kind === 'bars')
  );
}

/** Aged from the event where its time is known. */
function answerFrom(kept: KeptAnswer, kind: 'cached' | 'stale', nowMs: number): Answer {
  if (kept.kind === 'failed') return { kind: 'failed', failure: kept.failure };
  const { view, provenance } = kept;
  const { eventAtMs, receivedAtMs } = provenance;
  return { kind, view, provenance, ageMs: Math.max(0, nowMs - (eventAtMs ?? receivedAtMs)) };
}

function bytesOf(kept: KeptAnswer, key: string): number {
  const bars = kept.kind === 'view' && 'bars' in kept.view ? kept.view.bars.length : 0;
  return ENTRY_BYTES + 2 * key.length + BAR_BYTES * bars;
}
