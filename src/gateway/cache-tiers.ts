import type { Answer, Ask, CacheCounts } from '../core/answer.ts';
import type { CacheEntry } from '../core/cache.ts';
import type { Clock } from '../core/clock.ts';
import { AnswerCache, type AnswerCacheParts } from './answer-cache.ts';
import type { Flight } from './flight.ts';
import type { HttpCaching } from './http-caching.ts';
import type { SecondTier } from './second-tier.ts';

export type CacheTiersParts = AnswerCacheParts & {
  readonly clock: Clock;
  /** Null: there is only the memory of this process. */
  readonly secondTier: SecondTier | null;
};

type Resolve = (answer: Answer) => void;
/** Asks the provider. */
type Fetch = (resolve: Resolve, nowMs: number) => void;

const NOBODY: Resolve = () => {};

/** Stands between the askers of one source and everything that costs: what is kept is served, the rest is fetched. */
export class CacheTiers {
  readonly #clock: Clock;
  readonly #first: AnswerCache;
  readonly #second: SecondTier | null;

  constructor(parts: CacheTiersParts) {
    this.#clock = parts.clock;
    this.#first = new AnswerCache(parts);
    this.#second = parts.secondTier;
  }

  /** Resolves with what is kept, or lets it be fetched, and stands in where that fails. An ask for `fresh` goes past all of this. */
  serve(key: string, ask: Ask, nowMs: number, resolve: Resolve, fetch: Fetch): void {
    if (ask.fresh === true) {
      fetch(resolve, nowMs);
      return;
    }
    const kept = this.#first.find(key, ask, nowMs);
    if (kept !== null) {
      resolve(kept.answer);
      if (kept.isDue) fetch(NOBODY, nowMs);
    } else if (this.#second === null) {
      this.#fetch(key, ask, nowMs, resolve, fetch);
    } else {
      void this.#askSecond(this.#second, key, ask, resolve, fetch);
    }
  }

  /** What is kept of a question, whatever its age. */
  held(key: string): CacheEntry | null {
    return this.#first.peek(key);
  }

  /** Takes note of what became of a flight. */
  note({ key, question }: Flight, answer: Answer, caching: HttpCaching, nowMs: number): void {
    const entry = this.#first.note(key, question, answer, caching, nowMs);
    if (entry !== null) this.#second?.set(key, entry);
  }

  counts(): CacheCounts {
    return this.#first.counts();
  }

  #fetch(key: string, ask: Ask, nowMs: number, resolve: Resolve, fetch: Fetch): void {
    const canStandIn = this.#first.canStandIn(key, ask, nowMs);
    fetch(
      canStandIn ? (answer) => resolve(this.#first.instead(key, answer, this.#clock.nowMs())) : resolve,
      nowMs,
    );
  }

  async #askSecond(second: SecondTier, key: string, ask: Ask, resolve: Resolve, fetch: Fetch): Promise<void> {
    const entry = await second.get(key, ask);
    const nowMs = this.#clock.nowMs();
    const kept = entry === null ? null : this.#first.adopt(key, entry, ask, nowMs);
    if (kept === null) {
      this.#fetch(key, ask, nowMs, resolve, fetch);
      return;
    }
    resolve(kept.answer);
    if (kept.isDue) fetch(NOBODY, nowMs);
  }
}
