import { failure } from '../core/failure.ts';
import type { GatewayMemory, MemoryFound } from '../core/gateway-memory.ts';
import type { BudgetOptions } from '../core/options.ts';
import type { LimitWindow } from '../core/source.ts';
import { createSeededRandom } from '../platform/seeded-random.ts';
import { Budget } from './budget.ts';
import type { Guard, Verdict } from './guard.ts';
import { type Exchange, heldBack, type Job } from './job.ts';
import { Keeper } from './keeper.ts';
import { Memories } from './memories.ts';
import { Pacing } from './pace.ts';
import { RateLimit } from './rate-limit.ts';
import { TOY_OPTIONS, toyFlight, toyQuotes } from './toy-source.testing.ts';

/** What one process after another keeps of a source, over one memory. */

export const DAY_MS = 86_400_000;
/** A few minutes before the border of a day and a month. */
export const START_MS = Date.UTC(2026, 0, 31, 23, 50);
export const PRICE_USD = 0.07;

export function jobOf(weight: number): Job {
  const flight = toyFlight('AAPL');
  const request = { method: 'GET' as const, url: 'https://toy.test/', headers: {}, body: null };
  return { endpoint: toyQuotes, flights: [flight], request, weight };
}

export function exchanged(job: Job, fate: Exchange['fate'], costUsd: number, nowMs: number): Exchange {
  return { ...heldBack(job, failure('noData', ''), nowMs), failure: null, fate, costUsd };
}

/** A memory that keeps what a file would keep. */
export function memoryOf(): GatewayMemory & { found: MemoryFound; trouble: string | null; writes: number } {
  return {
    found: { kind: 'none' },
    trouble: null,
    writes: 0,
    load() {
      return JSON.parse(JSON.stringify(this.found)) as MemoryFound;
    },
    save(memories) {
      if (this.trouble !== null) return this.trouble;
      this.writes += 1;
      this.found = { kind: 'found', memories };
      return null;
    },
  };
}

export type Settings = {
  readonly budget: BudgetOptions | null;
  readonly limits: readonly LimitWindow[];
  readonly concurrency?: number | null;
};

/** What one process keeps of a source. */
export function lifeOf(
  { budget: options, limits, concurrency = null }: Settings,
  memory: GatewayMemory,
  nowMs: number,
  paced = false,
) {
  const limit = new RateLimit(limits, createSeededRandom('life'));
  const budget = options === null ? null : new Budget(options, PRICE_USD, nowMs);
  const pacing = paced ? new Pacing(limits, { burstShare: 0.1 }, 'crypto') : null;
  const memories = new Memories(memory, nowMs);
  const source = { ...TOY_OPTIONS, limits, concurrency, budget: options, priceUsdPerCall: PRICE_USD };
  const keeper = new Keeper({ source, memories, limit, pacing, budget }, nowMs);
  const guards: Guard[] = [budget, limit, pacing, keeper].filter((guard) => guard !== null);
  return {
    limit,
    budget,
    check(job: Job, atMs: number): Verdict {
      for (const guard of guards) {
        const verdict = guard.check(job, atMs);
        if (verdict.kind !== 'go') return verdict;
      }
      return { kind: 'go' };
    },
    leave(job: Job, atMs: number): void {
      for (const guard of guards) guard.leave(job, atMs);
    },
    back(job: Job, exchange: Exchange, atMs: number): void {
      for (const guard of guards) guard.back(job, exchange, atMs);
    },
    close: (atMs: number) => keeper.close(atMs),
  };
}

export const FIVE_A_DAY: BudgetOptions = {
  usdPerDay: null,
  usdPerMonth: null,
  callsPerDay: 5,
  callsPerMonth: null,
};

/** Sends until it is refused. */
export function drain(
  life: ReturnType<typeof lifeOf>,
  nowMs: number,
): { readonly sent: number; readonly end: Verdict } {
  for (let sent = 0; ; sent += 1) {
    const job = jobOf(1);
    const end = life.check(job, nowMs);
    if (end.kind !== 'go') return { sent, end };
    life.leave(job, nowMs);
    life.back(job, exchanged(job, 'answered', PRICE_USD, nowMs), nowMs);
  }
}
