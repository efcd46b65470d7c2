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

  add({ atMs, result }: Scored): void {
    if (result.kind === 'unresolved') return;
    const fromMs = Math.floor((atMs - MONDAY_MS) / WEEK_MS) * WEEK_MS + MONDAY_MS;
    const { won, net } = this.#weeks.get(fromMs) ?? this.#begin(fromMs);
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

  /** A week older than all that are kept when there is no room is counted and forgotten. */
  #begin(fromMs: number): Week {
    const fresh = { won: new RateTally(), net: new MeanTally() };
    this.#weeks.set(fromMs, fresh);
    if (this.#weeks.size > WEEKS_MAX) this.#weeks.delete(Math.min(...this.#weeks.keys()));
    return fresh;
  }
}
