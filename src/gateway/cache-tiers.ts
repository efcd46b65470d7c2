import { hash } from 'node:crypto';
import type { Answer, Ask, CacheCounts } from '../core/answer.ts';
import type { Cache } from '../core/cache.ts';
import { canonicalJson } from '../core/canonical-json.ts';
import type { Clock } from '../core/clock.ts';
import type { GatewayOptions } from '../core/gateway-options.ts';
import type { SourceOptions } from '../core/options.ts';
import { AnswerCache, type AnswerCacheParts } from './answer-cache.ts';
import type { Books } from './books.ts';
import type { Flight } from './flight.ts';
import { leftShareOf } from './freshness.ts';
import type { HttpCaching } from './http-caching.ts';
import { entryOf, type KeptAnswer, keptFrom } from './kept-answer.ts';
import { SecondTier } from './second-tier.ts';

export type CacheTiersParts = AnswerCacheParts & {
  readonly clock: Clock;
  /** Null: there is only the memory of this process. */
  readonly secondTier: SecondTier | null;
};

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

  /** What is kept of a question, whatever its age. */
  held(key: string): KeptAnswer | null {
    return this.#first.held(key);
  }

  /** What serves a question now of what is kept of it, `stale` where it has to be asked for anew by now; null where nothing does. */
  find(held: KeptAnswer | null, ask: Ask, nowMs: number): Answer | null {
    return ask.fresh === true ? null : this.#first.find(held, ask, nowMs);
  }

  /** The same from the second tier; null where there is none to ask. */
  elsewhere(key: string, ask: Ask): Promise<Answer | null> | null {
    return this.#second === null || ask.fresh === true ? null : this.#adopted(this.#second, key, ask);
  }

  async #adopted(second: SecondTier, key: string, ask: Ask): Promise<Answer | null> {
    const entry = await second.get(key, ask);
    return entry === null ? null : this.#first.adopt(key, keptFrom(entry), ask, this.#clock.nowMs());
  }

  /** What is a little old in place of an answer that could not be had, where something is there that serves; else that answer. */
  instead(key: string, ask: Ask, answer: Answer): Answer {
    if (!('failure' in answer) || ask.fresh === true) return answer;
    return this.#first.instead(key, ask, answer, this.#clock.nowMs());
  }

  /** Takes note of what became of a flight. */
  note(flight: Flight, answer: Answer, caching: HttpCaching, nowMs: number): void {
    const kept = this.#first.note(flight, answer, caching, nowMs);
    if (kept !== null && this.#second !== null) this.#second.set(flight.key, entryOf(kept));
  }

  counts(): CacheCounts {
    return this.#first.counts();
  }
}

/** The cache of one source; null where nothing is to be kept. */
export function cacheTiersOf(
  {
    options: { cache },
    secondTier,
    clock,
  }: { readonly options: GatewayOptions; readonly secondTier?: Cache | undefined; readonly clock: Clock },
  { id, kind, baseUrl, options, http, ttlMs, budget }: SourceOptions,
  books: Books,
): CacheTiers | null {
  if (cache === null) return null;
  // Shared with whoever asks the same provider for the same kind of data.
  const fingerprint = hash('sha256', canonicalJson([kind, baseUrl, options, http ?? null])).slice(0, 16);
  return new CacheTiers({
    options: cache,
    ttlMs,
    clock,
    leftShare: (nowMs) => leftShareOf(budget, books.budget?.left(nowMs) ?? null, books.limit.quotas(nowMs)),
    secondTier: secondTier === undefined ? null : new SecondTier(secondTier, `${id}|${fingerprint}`, clock),
  });
}
