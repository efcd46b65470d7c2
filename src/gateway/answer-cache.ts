import { LRUCache } from 'lru-cache';
import type { Answer, Ask, CacheCounts } from '../core/answer.ts';
import type { CacheEntry } from '../core/cache.ts';
import type { FailureKind } from '../core/failure.ts';
import type { GatewayCacheOptions } from '../core/gateway-options.ts';
import type { Question } from '../core/question.ts';
import { changeRateAfter } from './change-rate.ts';
import { type FreshnessOptions, fixedLifetime, lifetimeOf, noDataTtlMs } from './freshness.ts';
import type { HttpCaching } from './http-caching.ts';

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
  readonly #entries: LRUCache<string, CacheEntry>;
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

  /** What serves a question now, `stale` where it has to be asked for anew by now; null where nothing does. */
  find(key: string, ask: Ask, nowMs: number): Answer | null {
    const kept = this.#servedFrom(this.#entries.get(key), ask, nowMs);
    if (kept === null) this.#misses += 1;
    return kept;
  }

  /** Takes over an entry of another tier for a question that was missed here, and serves from it where it can. */
  adopt(key: string, entry: CacheEntry, ask: Ask, nowMs: number): Answer | null {
    const own = this.#entries.peek(key);
    if (own !== undefined && own.receivedAtMs >= entry.receivedAtMs) return null;
    this.#entries.set(key, entry);
    const kept = this.#servedFrom(entry, ask, nowMs);
    if (kept !== null) {
      this.#misses -= 1;
      this.#adopted += 1;
    }
    return kept;
  }

  /** What is kept of a question, fresh or not. */
  peek(key: string): CacheEntry | null {
    return this.#entries.peek(key) ?? null;
  }

  /** What stands in for an answer that could not be had, where there is something that serves; else that answer. */
  instead(key: string, ask: Ask, answer: Answer, nowMs: number): Answer {
    if (!('failure' in answer) || !STOOD_IN_FOR.has(answer.failure.kind)) return answer;
    const entry = this.#entries.get(key);
    if (entry === undefined || entry.result.kind === 'failed') return answer;
    if (nowMs >= entry.standInUntilMs || !isRecent(entry, ask)) return answer;
    this.#stale += 1;
    return answerFrom(entry, 'stale', nowMs);
  }

  /** Takes note of what a provider has answered; gives the entry to keep elsewhere too, or null. */
  note(
    key: string,
    question: Question,
    answer: Answer,
    caching: HttpCaching,
    nowMs: number,
  ): CacheEntry | null {
    this.#sweep(nowMs);
    const before = this.peek(key);
    const entry =
      answer.kind === 'fresh'
        ? this.#viewEntry(question, answer, caching, before, nowMs)
        : this.#noDataEntry(question, answer, before, nowMs);
    if (entry !== null) this.#entries.set(key, entry);
    else if (answer.kind === 'fresh') this.#entries.delete(key);
    return entry;
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

  #servedFrom(entry: CacheEntry | undefined, ask: Ask, nowMs: number): Answer | null {
    if (entry === undefined || nowMs >= entry.renewUntilMs || !isRecent(entry, ask)) return null;
    const isDue = nowMs >= entry.freshUntilMs;
    if (isDue) this.#stale += 1;
    else this.#hits += 1;
    return answerFrom(entry, isDue ? 'stale' : 'cached', nowMs);
  }

  #viewEntry(
    question: Question,
    { view, provenance }: Extract<Answer, { kind: 'fresh' }>,
    caching: HttpCaching,
    before: CacheEntry | null,
    nowMs: number,
  ): CacheEntry | null {
    const { receivedAtMs, eventAtMs } = provenance;
    const rate = this.#isAdaptive ? changeRateAfter(before?.rate ?? null, view, eventAtMs) : null;
    const known = { caching, rate, leftShare: this.#leftShareAt(nowMs) };
    const lifetime = this.#isAdaptive
      ? lifetimeOf(question, { view, provenance }, known, this.#freshness)
      : fixedLifetime(receivedAtMs);
    if (lifetime === null) return null;
    const { etag, lastModified } = caching;
    const result = { kind: 'view', view, provenance } as const;
    return { result, receivedAtMs, ...lifetime, etag, lastModified, rate, failures: 0 };
  }

  /** That there are no data may be kept; other refusals that are about the symbol are remembered by parking. */
  #noDataEntry(
    question: Question,
    answer: Answer,
    before: CacheEntry | null,
    nowMs: number,
  ): CacheEntry | null {
    if (!this.#isAdaptive || answer.kind !== 'failed' || answer.failure.kind !== 'noData') return null;
    const failures = (before?.failures ?? 0) + 1;
    const untilMs = nowMs + noDataTtlMs(question, failures, this.#freshness);
    return {
      result: { kind: 'failed', failure: answer.failure },
      receivedAtMs: nowMs,
      freshUntilMs: untilMs,
      renewUntilMs: untilMs,
      standInUntilMs: untilMs,
      etag: null,
      lastModified: null,
      rate: before?.rate ?? null,
      failures,
    };
  }

  #sweep(nowMs: number): void {
    if (Math.abs(nowMs - this.#sweptAtMs) < SWEEP_EVERY_MS) return;
    this.#sweptAtMs = nowMs;
    const spent = [...this.#entries.entries()].filter(([, entry]) => isSpent(entry, nowMs));
    for (const [key] of spent) this.#entries.delete(key);
  }

  #leftShareAt(nowMs: number): number {
    if (nowMs - this.#leftShareAtMs >= LEFT_SHARE_MS) {
      this.#leftShare = this.#parts.leftShare(nowMs);
      this.#leftShareAtMs = nowMs;
    }
    return this.#leftShare;
  }
}

function isRecent({ receivedAtMs }: CacheEntry, { receivedSinceMs }: Ask): boolean {
  return receivedSinceMs === undefined || receivedAtMs >= receivedSinceMs;
}

/**
 * Every minute has a question for bars of its own: where the answer serves no more it would be in the way for ever. Other
 * answers past their time are what the next one is compared with.
 */
function isSpent({ result, standInUntilMs }: CacheEntry, nowMs: number): boolean {
  return (
    nowMs >= standInUntilMs + SWEEP_EVERY_MS && (result.kind === 'failed' || result.view.kind === 'bars')
  );
}

/** Aged from the event where its time is known. */
function answerFrom({ result }: CacheEntry, kind: 'cached' | 'stale', nowMs: number): Answer {
  if (result.kind === 'failed') return result;
  const { view, provenance } = result;
  const { eventAtMs, receivedAtMs } = provenance;
  return { kind, view, provenance, ageMs: Math.max(0, nowMs - (eventAtMs ?? receivedAtMs)) };
}

function bytesOf({ result }: CacheEntry, key: string): number {
  const bars = result.kind === 'view' && 'bars' in result.view ? result.view.bars.length : 0;
  return ENTRY_BYTES + 2 * key.length + BAR_BYTES * bars;
}
