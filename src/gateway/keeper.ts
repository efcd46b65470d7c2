import { failure } from '../core/failure.ts';
import type { SourceMemory, SpentMemory } from '../core/gateway-memory.ts';
import type { SourceOptions } from '../core/options.ts';
import type { LimitWindow } from '../core/source.ts';
import type { Budget } from './budget.ts';
import { GO, type Guard, type Verdict } from './guard.ts';
import type { Exchange, Job } from './job.ts';
import type { Memories } from './memories.ts';
import type { Pacing } from './pace.ts';
import type { RateLimit } from './rate-limit.ts';
import { dayOf, ROUNDING_USD } from './spending.ts';
import { isBrief, isLong } from './window-count.ts';

const DAY_MS = 86_400_000;
/** So long what was written covers requests that leave later. */
const LEASE_MS = 600_000;
/** Of the smallest allowance: so much is written ahead, which is what a crash can waste. A short one is soon whole again. */
const AHEAD_SHARE = 1 / 200;
const SHORT_AHEAD_SHARE = 1 / 10;
/** A shorter pause is not worth writing down: a restart takes as long. */
const PAUSE_MS_MIN = 60_000;

/** What may leave until `untilMs` without being written down anew. */
type Lease = { readonly requests: number; readonly weight: number; readonly untilMs: number };

const NO_LEASE: Lease = { requests: 0, weight: 0, untilMs: 0 };
/** Where nothing but that there was a process must be known. */
const ENDLESS_LEASE: Lease = {
  requests: Number.POSITIVE_INFINITY,
  weight: Number.POSITIVE_INFINITY,
  untilMs: Number.POSITIVE_INFINITY,
};

/** Whose budgets and allowances are written down. */
export type Kept = {
  readonly source: Pick<
    SourceOptions,
    'id' | 'limits' | 'concurrency' | 'timeoutMs' | 'budget' | 'priceUsdPerCall'
  >;
  readonly limit: RateLimit;
  readonly pacing: Pacing | null;
  readonly budget: Budget | null;
};

export type KeeperOptions = Kept & { readonly memories: Memories };

/**
 * Writes down what a request uses of budgets and allowances before the request leaves, so that no crash can make a
 * source spend it twice. The last guard: it is asked when all others have said yes.
 */
export class Keeper implements Guard {
  #options: KeeperOptions;
  /** Requests that are written down beyond the one that leaves. */
  #ahead = 0;
  /** A budget or an allowance that is not soon whole again: what cannot be written of it is not spent. */
  #isPrecious = false;
  #lease = NO_LEASE;
  #written: SourceMemory | null = null;

  constructor(options: KeeperOptions, nowMs: number) {
    this.#options = options;
    this.#measure();
    this.#recall(nowMs);
  }

  /** Writes on for other terms; what was written ahead under those before is given back. */
  adopt(kept: Kept, nowMs: number): void {
    this.#options = { ...kept, memories: this.#options.memories };
    this.#measure();
    this.close(nowMs);
  }

  #measure(): void {
    const { source } = this.#options;
    const smallest = smallestAllowance(source);
    const smallestShort = smallestOf(source.limits.filter((window) => !isBrief(window)));
    this.#isPrecious = smallest !== Number.POSITIVE_INFINITY;
    this.#ahead = Math.floor(Math.min(smallest * AHEAD_SHARE, smallestShort * SHORT_AHEAD_SHARE));
  }

  check(job: Job, nowMs: number): Verdict {
    if (!this.#isCounting || this.#isCovered(job, nowMs)) return GO;
    const trouble = this.#writeFor(job, nowMs);
    if (trouble === null || !this.#isPrecious) return GO;
    return { kind: 'refuse', failure: failure('budget', `what is spent cannot be written down: ${trouble}`) };
  }

  leave({ weight }: Job): void {
    const { requests, weight: leased, untilMs } = this.#lease;
    this.#lease = { requests: requests - 1, weight: leased - weight, untilMs };
  }

  back(_job: Job, _exchange: Exchange, nowMs: number): void {
    const { limit, budget } = this.#options;
    const isPauseNew =
      limit.pausedUntilMs - nowMs >= PAUSE_MS_MIN && limit.pausedUntilMs !== this.#written?.pausedUntilMs;
    const spent = budget?.remember(0, nowMs) ?? null;
    if (isPauseNew || isBeyond(spent, this.#written?.spent ?? null)) this.#write(0, 0, nowMs, nowMs);
  }

  /** Gives back what was written ahead. */
  close(nowMs: number): void {
    if (this.#written !== null) this.#write(0, 0, nowMs, nowMs);
  }

  get #isCounting(): boolean {
    const { limits, concurrency } = this.#options.source;
    return this.#isPrecious || limits.length > 0 || concurrency !== null;
  }

  #recall(nowMs: number): void {
    const { source, memories, limit, pacing, budget } = this.#options;
    const recalled = memories.of(source.id);
    if (recalled.kind === 'known') {
      const { pausedUntilMs, windows, paces, spent, notedAtMs } = recalled.memory;
      limit.recall(Math.max(pausedUntilMs, this.#idleAtMs(nowMs)), windows, notedAtMs, nowMs);
      pacing?.recall(paces);
      if (spent !== null) budget?.recall(spent);
    } else if (recalled.kind === 'lost' && this.#isCounting) {
      limit.exhaust(nowMs);
      budget?.exhaust(nowMs);
      // Written at once, so that the next start knows when this one began to wait.
      this.#write(0, 0, nowMs, nowMs);
    }
  }

  /** Until then the provider may be busy with what the life before has asked, which counts where few may be under way. */
  #idleAtMs(nowMs: number): number {
    const { concurrency, timeoutMs } = this.#options.source;
    return concurrency === null ? 0 : nowMs + timeoutMs;
  }

  #isCovered({ weight }: Job, nowMs: number): boolean {
    const lease = this.#lease;
    return nowMs <= lease.untilMs && lease.requests >= 1 && lease.weight >= weight;
  }

  #writeFor({ weight }: Job, nowMs: number): string | null {
    if (this.#ahead === Number.POSITIVE_INFINITY) {
      const trouble = this.#write(0, 0, nowMs, nowMs);
      if (trouble === null) this.#lease = ENDLESS_LEASE;
      return trouble;
    }
    const requests = 1 + this.#ahead;
    const untilMs = this.#ahead === 0 ? nowMs : leaseEndMs(this.#options.source, nowMs);
    const trouble = this.#write(requests, weight, untilMs, nowMs);
    if (trouble === null) this.#lease = { requests, weight: requests * weight, untilMs };
    return trouble;
  }

  #write(requests: number, weight: number, untilMs: number, nowMs: number): string | null {
    const { source, memories, limit, pacing, budget } = this.#options;
    this.#lease = NO_LEASE;
    this.#written = {
      notedAtMs: nowMs,
      pausedUntilMs: limit.pausedUntilMs,
      windows: limit.remember(requests * weight, untilMs, nowMs),
      paces: pacing?.remember(weight, nowMs) ?? [],
      spent: budget?.remember(requests, nowMs) ?? null,
    };
    return memories.write(source.id, this.#written);
  }
}

/** The smallest number of requests that is counted for a day or longer; Infinity where none is. */
function smallestAllowance({ limits, budget, priceUsdPerCall }: KeeperOptions['source']): number {
  const calls = [budget?.callsPerDay, budget?.callsPerMonth];
  const dollars = [budget?.usdPerDay, budget?.usdPerMonth];
  const counts = [
    ...limits.filter(isLong).map(({ max }) => max),
    ...calls.flatMap((max) => max ?? []),
    ...dollars.flatMap((max) => (max === null || max === undefined ? [] : [max / (priceUsdPerCall || max)])),
  ];
  return Math.min(Number.POSITIVE_INFINITY, ...counts);
}

function smallestOf(windows: readonly LimitWindow[]): number {
  return Math.min(Number.POSITIVE_INFINITY, ...windows.map(({ max }) => max));
}

/**
 * Before the next border of a day or of a window: what is written counts on one side only. No later than the shortest
 * window lasts: what is written ahead and never sent would wait as long.
 */
function leaseEndMs({ limits }: KeeperOptions['source'], nowMs: number): number {
  const ends = limits
    .filter((window) => !isBrief(window))
    .map(({ windowMs, counting }) =>
      counting === 'fixed' ? (Math.floor(nowMs / windowMs) + 1) * windowMs - 1 : nowMs + windowMs,
    );
  return Math.min(nowMs + LEASE_MS, dayOf(nowMs) + DAY_MS - 1, ...ends);
}

/** Whether more is spent than was written, or each call may cost more: a bill was larger than what was reserved for it. */
function isBeyond(spent: SpentMemory | null, written: SpentMemory | null): boolean {
  if (spent === null || written === null) return spent !== null;
  const isMore =
    spent.usdToday > written.usdToday + ROUNDING_USD ||
    spent.usdThisMonth > written.usdThisMonth + ROUNDING_USD;
  return (isMore && spent.dayAtMs === written.dayAtMs) || spent.largestBillUsd > written.largestBillUsd;
}
