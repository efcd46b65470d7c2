import type { TrendWindow } from '../core/track-record.ts';
import type { Scored } from './statistics-scored.ts';
import { MeanTally, RateTally } from './statistics-tally.ts';

const DAY_MS = 86_400_000;
const WEEK_MS = 7 * DAY_MS;
/** The first Monday of Unix time. */
const MONDAY_MS = 4 * DAY_MS;
const WEEKS_MAX = 26;

type Week = { readonly won: RateTally; readonly net: MeanTally };

/** The newest weeks with resolved outcomes, whatever order they come in. */
export class TrendTally {
  readonly #weeks = new Map<number, Week>();
  /** Once there is no room: the oldest week that is kept. */
  #sinceMs = Number.NEGATIVE_INFINITY;

  add({ atMs, result }: Scored): void {
    if (result.kind === 'unresolved') return;
    const fromMs = Math.floor((atMs - MONDAY_MS) / WEEK_MS) * WEEK_MS + MONDAY_MS;
    const week = this.#weeks.get(fromMs) ?? this.#begin(fromMs);
    if (week === null) return;
    const { won, net } = week;
    won.add(atMs, result.netReturn > 0);
    net.add(atMs, result.netReturn);
  }

  windows(outcomesMin: number): TrendWindow[] {
    return [...this.#weeks]
      .sort(([a], [b]) => a - b)
      .map(([fromMs, { won, net }]) => ({
        fromMs,
        toMs: fromMs + WEEK_MS,
        winRate: won.rate(outcomesMin),
        expectancy: net.mean(outcomesMin),
      }));
  }

  /** Null for a week older than all that are kept when there is no room. */
  #begin(fromMs: number): Week | null {
    if (fromMs < this.#sinceMs) return null;
    const fresh = { won: new RateTally(), net: new MeanTally() };
    this.#weeks.set(fromMs, fresh);
    if (this.#weeks.size > WEEKS_MAX) this.#weeks.delete(Math.min(...this.#weeks.keys()));
    if (this.#weeks.size === WEEKS_MAX) this.#sinceMs = Math.min(...this.#weeks.keys());
    return fresh;
  }
}
