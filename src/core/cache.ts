import type { Provenance } from './answer.ts';
import type { Failure } from './failure.ts';
import type { View } from './question.ts';

/** How the answers to one question have changed so far. */
export type ChangeRate = {
  /** Of the newest datum (Unix ms). */
  readonly eventAtMs: number;
  /** Between two publications, in ms, guessed low; null before the second datum. */
  readonly intervalMs: number | null;
  /** The newest price; null for what is no quote. */
  readonly price: number | null;
  /** Of the logarithm of the price, per ms; null before the second price. */
  readonly variancePerMs: number | null;
};

/** One kept answer: plain data that survives JSON. All times are Unix ms. */
export type CacheEntry = {
  readonly result:
    | { readonly kind: 'view'; readonly view: View; readonly provenance: Provenance }
    | { readonly kind: 'failed'; readonly failure: Failure };
  readonly receivedAtMs: number;
  /** Served as it is before this moment. */
  readonly freshUntilMs: number;
  /** Served before this moment while it is asked for anew; not before `freshUntilMs`. */
  readonly renewUntilMs: number;
  /** Served before this moment where asking anew has failed; not before `renewUntilMs`. */
  readonly standInUntilMs: number;
  /** What the provider wants to be told to say that nothing has changed; null where it did not say. */
  readonly etag: string | null;
  readonly lastModified: string | null;
  readonly rate: ChangeRate | null;
  /** How often in a row this failure has come, at least 1; 0 for a view. */
  readonly failures: number;
};

/**
 * A second tier behind the cache of the process, shared with others that run the same configuration. What an
 * implementation must guarantee:
 *
 * - `get` gives what the latest `set` of this key that it still holds was given, or null: never another key's entry, never
 *   part of one. What it gives is checked all the same, and what does not fit is no answer.
 * - It may forget whenever it likes; after `standInUntilMs` an entry is of no use and should be dropped.
 * - It may be slow or reject: nobody waits for it longer than a few ms, and its errors are counted as misses.
 * - Its bounds in memory and its deadlines are its own affair; a `set` is not waited for.
 *
 * Keys hold no secret; entries hold what a provider has answered.
 */
export interface Cache {
  get(key: string): Promise<unknown>;
  set(key: string, entry: CacheEntry): Promise<void>;
}
