import type { Ask } from '../core/answer.ts';
import type { Cache, CacheEntry } from '../core/cache.ts';
import type { Clock } from '../core/clock.ts';
import { readCacheEntry } from './cache-entry-shape.ts';

/** Longest that a question waits for the second tier. */
export const TIER_WAIT_MS = 20;
/** So many reads that failed in a row, and it is left alone for a while: waiting for it each time would cost every question. */
const FAILURES_IN_ROW = 3;
const LEFT_ALONE_MS = 5_000;
/** Most writes under way; what comes on top of them is not written. */
const WRITES_MAX = 256;

/** The second tier as one source sees it: never slower than {@link TIER_WAIT_MS}, and whatever goes wrong is a miss. */
export class SecondTier {
  readonly #tier: Cache;
  readonly #prefix: string;
  readonly #clock: Clock;
  #writes = 0;
  #failures = 0;
  #leftAloneUntilMs = 0;

  /** `prefix` tells sources and configurations apart. */
  constructor(tier: Cache, prefix: string, clock: Clock) {
    this.#tier = tier;
    this.#prefix = prefix;
    this.#clock = clock;
  }

  /** What it holds of a question, checked; null where it holds nothing, has not said so in time, or cannot be believed. */
  async get(key: string, { question, deadlineAtMs }: Ask): Promise<CacheEntry | null> {
    const askedAtMs = this.#clock.nowMs();
    if (askedAtMs < this.#leftAloneUntilMs) return null;
    const found = await this.#inTime(
      () => this.#tier.get(this.#keyOf(key)),
      Math.min(askedAtMs + TIER_WAIT_MS, deadlineAtMs),
    );
    const entry = found === FAILED || found === null ? found : this.#read(found, question);
    this.#count(entry !== FAILED);
    return entry === FAILED ? null : entry;
  }

  /** Not waited for. */
  set(key: string, entry: CacheEntry): void {
    if (this.#writes >= WRITES_MAX || this.#clock.nowMs() < this.#leftAloneUntilMs) return;
    this.#writes += 1;
    void this.#write(key, entry);
  }

  async #write(key: string, entry: CacheEntry): Promise<void> {
    try {
      await this.#tier.set(this.#keyOf(key), entry);
    } catch {
      // A tier that cannot write is one that has forgotten.
    } finally {
      this.#writes -= 1;
    }
  }

  #read(found: unknown, question: Ask['question']): CacheEntry | typeof FAILED {
    return readCacheEntry(found, question, this.#clock.nowMs()) ?? FAILED;
  }

  #inTime(get: () => Promise<unknown>, untilMs: number): Promise<unknown> {
    return new Promise((resolve) => {
      const cancel = this.#clock.at(untilMs, () => resolve(FAILED));
      const settled = (found: unknown): void => {
        cancel();
        resolve(found);
      };
      attempt(get).then(settled, () => settled(FAILED));
    });
  }

  #count(isGood: boolean): void {
    this.#failures = isGood ? 0 : this.#failures + 1;
    if (this.#failures < FAILURES_IN_ROW) return;
    this.#failures = 0;
    this.#leftAloneUntilMs = this.#clock.nowMs() + LEFT_ALONE_MS;
  }

  #keyOf(key: string): string {
    return `${this.#prefix}|${key}`;
  }
}

const FAILED = Symbol('failed');

/** What is thrown at once is a rejection too. */
async function attempt<T>(doing: () => Promise<T>): Promise<T> {
  return doing();
}
