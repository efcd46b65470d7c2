import type { Config } from '../../src/index.ts';
import { DAY_MS } from '../market/market.ts';

/** What a provider has counted and billed since the beginning. */
export type Bill = { readonly requests: number; readonly billedUsd: number };
export type Bills = Readonly<Record<string, Bill>>;

type Period = 'Day' | 'Month';
/** The running period, and what the bill was when it began. */
type Running = { readonly number: number; readonly before: Bill };
type Pocket = {
  readonly sourceId: string;
  readonly budget: NonNullable<Config['sources'][number]['budget']>;
  readonly running: Partial<Record<Period, Running>>;
  seen: Bill;
};

/** Sums of dollars are off by less than this. */
const ROUNDING_USD = 1e-9;
const NOTHING: Bill = { requests: 0, billedUsd: 0 };

/** What providers have billed, held against the budgets of the configuration. */
export class Purse {
  readonly #bills: () => Bills;
  readonly #pockets: readonly Pocket[];

  constructor({ sources }: Config, bills: () => Bills) {
    this.#bills = bills;
    this.#pockets = sources.flatMap(({ id: sourceId, budget }) =>
      budget === null ? [] : [{ sourceId, budget, running: {}, seen: NOTHING }],
    );
  }

  /** Budgets that are crossed at the end of a slot, in words; `slotAtMs` is of the clock by which they begin anew. */
  crossed(slotAtMs: number): string[] {
    if (this.#pockets.length === 0) return [];
    const bills = this.#bills();
    const date = new Date(slotAtMs);
    const numbers = {
      Day: Math.floor(slotAtMs / DAY_MS),
      Month: 12 * date.getUTCFullYear() + date.getUTCMonth(),
    };
    return this.#pockets.flatMap((pocket) => {
      const bill = bills[pocket.sourceId] ?? NOTHING;
      const found = (['Day', 'Month'] as const).flatMap((period) =>
        crossings(pocket, period, numbers[period], bill),
      );
      pocket.seen = bill;
      return found;
    });
  }
}

function crossings(
  { sourceId, budget, running, seen }: Pocket,
  period: Period,
  number: number,
  bill: Bill,
): string[] {
  // What a slot spends belongs to its own period, so the bill of the slot before is where a new one begins.
  const { before } = running[period]?.number === number ? running[period] : { before: seen };
  running[period] = { number, before };
  const sums = [
    [`usdPer${period}`, bill.billedUsd - before.billedUsd],
    [`callsPer${period}`, bill.requests - before.requests],
  ] as const;
  return sums.flatMap(([key, spent]) => {
    const max = budget[key];
    return max === null || spent <= max + ROUNDING_USD ? [] : [`${sourceId} is at ${spent} of ${max} ${key}`];
  });
}
