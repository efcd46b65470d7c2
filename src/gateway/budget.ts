import type { BudgetLeft } from '../core/answer.ts';
import { failure } from '../core/failure.ts';
import type { SpentMemory } from '../core/gateway-memory.ts';
import type { BudgetOptions } from '../core/options.ts';
import { GO, type Guard, type Verdict } from './guard.ts';
import type { Exchange, Job } from './job.ts';
import {
  allSpent,
  budgetLeft,
  nothingSpent,
  reserveUsdOf,
  shortageOf,
  spentAt,
  spentMore,
} from './spending.ts';

type Reservation = { readonly usd: number; readonly dayAtMs: number; readonly monthAtMs: number };

/**
 * Lets no request leave that might cross what the user allows for its source. The money is taken off when the request
 * leaves, and put right by the bill.
 */
export class Budget implements Guard {
  #options: BudgetOptions;
  #priceUsdPerCall: number | null;
  readonly #reserved = new Map<Job, Reservation>();
  #spent: SpentMemory;

  constructor(options: BudgetOptions, priceUsdPerCall: number | null, nowMs: number) {
    this.#options = options;
    this.#priceUsdPerCall = priceUsdPerCall;
    this.#spent = nothingSpent(nowMs);
  }

  /** What is spent stays spent. */
  adopt(options: BudgetOptions, priceUsdPerCall: number | null): void {
    this.#options = options;
    this.#priceUsdPerCall = priceUsdPerCall;
  }

  check(_job: Job, nowMs: number): Verdict {
    const spent = spentAt(this.#spent, nowMs);
    const shortage = shortageOf(this.#options, spent, this.reserveUsd());
    if (shortage === null) return GO;
    return { kind: 'refuse', failure: failure('budget', shortage.detail, shortage.untilMs - nowMs) };
  }

  leave(job: Job, nowMs: number): void {
    const usd = this.reserveUsd();
    this.#spent = spentMore(spentAt(this.#spent, nowMs), 1, usd);
    this.#reserved.set(job, { usd, dayAtMs: this.#spent.dayAtMs, monthAtMs: this.#spent.monthAtMs });
  }

  back(job: Job, { fate, costUsd }: Exchange, nowMs: number): void {
    const reserved = this.#reserved.get(job);
    if (reserved === undefined) return;
    this.#reserved.delete(job);
    // An answer that was lost on the way may have been billed in full; a request that never left costs nothing.
    const billedUsd = fate === 'lost' ? Math.max(costUsd, reserved.usd) : costUsd;
    this.#settle(reserved, fate === 'unsent' ? -1 : 0, billedUsd - reserved.usd, nowMs);
    if (fate === 'answered' && costUsd > this.#spent.largestBillUsd)
      this.#spent = { ...this.#spent, largestBillUsd: costUsd };
  }

  /** A request belongs to the day and the month in which it left. */
  #settle({ dayAtMs, monthAtMs }: Reservation, calls: number, usd: number, nowMs: number): void {
    if (calls === 0 && usd === 0) return;
    const now = spentAt(this.#spent, nowMs);
    const then = spentMore(now, calls, usd);
    this.#spent = {
      ...now,
      ...(dayAtMs === now.dayAtMs && { callsToday: then.callsToday, usdToday: then.usdToday }),
      ...(monthAtMs === now.monthAtMs && {
        callsThisMonth: then.callsThisMonth,
        usdThisMonth: then.usdThisMonth,
      }),
    };
  }

  reserveUsd(): number {
    return reserveUsdOf(this.#spent, this.#priceUsdPerCall);
  }

  left(nowMs: number): BudgetLeft {
    return budgetLeft(this.#options, spentAt(this.#spent, nowMs), nowMs);
  }

  /** What is spent once `ahead` more requests have left. */
  remember(ahead: number, nowMs: number): SpentMemory {
    return spentMore(spentAt(this.#spent, nowMs), ahead, ahead * this.reserveUsd());
  }

  recall(spent: SpentMemory): void {
    this.#spent = spent;
  }

  /** Where what was spent is not known. */
  exhaust(nowMs: number): void {
    this.#spent = allSpent(this.#options, nowMs);
  }
}
