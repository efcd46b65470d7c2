import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
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
import { priceOf, TOY_OPTIONS, toyQuotes } from './toy-source.testing.ts';
import { uncertaintyMsOf } from './window-count.ts';

const DAY_MS = 86_400_000;
/** A few minutes before the border of a day and a month. */
const START_MS = Date.UTC(2026, 0, 31, 23, 50);
const PRICE_USD = 0.07;

function jobOf(weight: number): Job {
  const flight = {
    endpoint: toyQuotes,
    question: priceOf('AAPL'),
    key: '',
    deadlineAtMs: 0,
    priority: 0,
    isPatient: false,
    left: true,
    alone: false,
    waiters: [],
  };
  const request = { method: 'GET' as const, url: 'https://toy.test/', headers: {}, body: null };
  return { endpoint: toyQuotes, flights: [flight], request, weight };
}

function exchanged(job: Job, fate: Exchange['fate'], costUsd: number, nowMs: number): Exchange {
  return { ...heldBack(job, failure('noData', ''), nowMs), failure: null, fate, costUsd };
}

/** A memory that keeps what a file would keep. */
function memoryOf(): GatewayMemory & { found: MemoryFound; trouble: string | null; writes: number } {
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

type Settings = {
  readonly budget: BudgetOptions | null;
  readonly limits: readonly LimitWindow[];
  readonly concurrency?: number | null;
};

/** What one process keeps of a source. */
function lifeOf(
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

type Sent = { readonly atMs: number; readonly weight: number; readonly usd: number };

const anyStep = fc.record({
  waitMs: fc.oneof(fc.constant(0), fc.nat(5_000), fc.nat(3_600_000), fc.nat(DAY_MS)),
  weight: fc.integer({ min: 1, max: 3 }),
  fate: fc.constantFrom<Exchange['fate']>('answered', 'lost', 'unsent'),
  /** Of the price. */
  billShare: fc.constantFrom(0, 0.5, 1),
  /** How many steps later it is answered. */
  backAfter: fc.nat(4),
  end: fc.oneof({ weight: 8, arbitrary: fc.constant('none') }, fc.constantFrom('crash', 'close')),
});
type Step = typeof anyStep extends fc.Arbitrary<infer T> ? T : never;

/** Sends whatever is let go, through every crash and every orderly end; returns what the provider saw and billed. */
function sentThrough(settings: Settings, steps: readonly Step[], memory = memoryOf()): Sent[] {
  const sent: Sent[] = [];
  let nowMs = START_MS;
  let life = lifeOf(settings, memory, nowMs);
  let underWay: { readonly dueStep: number; readonly back: (atMs: number) => void }[] = [];
  steps.forEach(({ waitMs, weight, fate, billShare, backAfter, end }, i) => {
    nowMs += waitMs;
    for (const { back } of underWay.filter(({ dueStep }) => dueStep <= i)) back(nowMs);
    underWay = underWay.filter(({ dueStep }) => dueStep > i);
    // Without a pause, so that bursts are tried too.
    for (let tries = 0; tries < 4; tries += 1) {
      const job = jobOf(weight);
      if (life.check(job, nowMs).kind !== 'go') break;
      life.leave(job, nowMs);
      const usd = fate === 'unsent' ? 0 : billShare * PRICE_USD;
      if (fate !== 'unsent') sent.push({ atMs: nowMs, weight, usd });
      const current = life;
      const exchange = exchanged(job, fate, fate === 'lost' ? 0 : usd, nowMs);
      underWay.push({
        dueStep: i + backAfter,
        back: (atMs) => current === life && life.back(job, exchange, atMs),
      });
    }
    if (end === 'none') return;
    if (end === 'close') life.close(nowMs);
    life = lifeOf(settings, memory, nowMs);
  });
  return sent;
}

function mostPer(sent: readonly Sent[], chars: number, of: (one: Sent) => number): number {
  const sums = new Map<string, number>();
  for (const one of sent) {
    const period = new Date(one.atMs).toISOString().slice(0, chars);
    sums.set(period, (sums.get(period) ?? 0) + of(one));
  }
  return Math.max(0, ...sums.values());
}

describe('through any order of answers, bills, crashes and restarts', () => {
  test('no UTC day and no month spends more than its budget', () => {
    const anyBudget = fc.record({
      usdPerDay: fc.option(fc.double({ min: 0, max: 3, noNaN: true })),
      usdPerMonth: fc.option(fc.double({ min: 0, max: 10, noNaN: true })),
      callsPerDay: fc.option(fc.integer({ min: 0, max: 900 })),
      callsPerMonth: fc.option(fc.integer({ min: 0, max: 50 })),
    });
    fc.assert(
      fc.property(anyBudget, fc.array(anyStep, { maxLength: 60 }), (budget, steps) => {
        const sent = sentThrough({ budget, limits: [] }, steps);
        const limits: [number | null, number, (one: Sent) => number][] = [
          [budget.usdPerDay, 10, ({ usd }) => usd],
          [budget.usdPerMonth, 7, ({ usd }) => usd],
          [budget.callsPerDay, 10, () => 1],
          [budget.callsPerMonth, 7, () => 1],
        ];
        for (const [max, chars, of] of limits) {
          if (max !== null) expect(mostPer(sent, chars, of)).toBeLessThanOrEqual(max + 1e-6);
        }
      }),
      { numRuns: 200 },
    );
  });

  test('no window holds more than its provider allows', () => {
    const anyWindow: fc.Arbitrary<LimitWindow> = fc.record({
      max: fc.oneof(fc.integer({ min: 3, max: 12 }), fc.integer({ min: 200, max: 900 })),
      windowMs: fc.constantFrom(1_000, 5_000, 60_000, DAY_MS, 2 * DAY_MS, 30 * 3_600_000),
      counting: fc.constantFrom('fixed', 'sliding'),
    });
    const anySkew = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(anyWindow, fc.array(anyStep, { maxLength: 60 }), anySkew, (window, steps, skew) => {
        const { windowMs, counting, max } = window;
        const sent = sentThrough({ budget: null, limits: [window] }, steps);
        const arrivals = sent.map((one, i) => ({
          ...one,
          atMs: one.atMs + (i % 2 === 0 ? skew : 0) * uncertaintyMsOf(windowMs),
        }));
        for (const first of arrivals) {
          const inWindow = arrivals.filter(({ atMs }) =>
            counting === 'sliding'
              ? atMs >= first.atMs && atMs < first.atMs + windowMs
              : Math.floor(atMs / windowMs) === Math.floor(first.atMs / windowMs),
          );
          expect(inWindow.reduce((sum, { weight }) => sum + weight, 0)).toBeLessThanOrEqual(max);
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('what is written ahead of a large allowance covers no more than it says', () => {
  const budget: BudgetOptions = {
    usdPerDay: null,
    usdPerMonth: null,
    callsPerDay: 400,
    callsPerMonth: null,
  };
  const window: LimitWindow = { max: 400, windowMs: DAY_MS, counting: 'fixed' };

  test.each<{ title: string; settings: Settings }>([
    { title: 'of a budget', settings: { budget, limits: [] } },
    { title: 'of a window', settings: { budget: null, limits: [window] } },
  ])('not a request of the next day $title', ({ settings }) => {
    const memory = memoryOf();
    const first = lifeOf(settings, memory, START_MS);
    const send = (atMs: number): void => {
      expect(first.check(jobOf(1), atMs).kind).toBe('go');
      first.leave(jobOf(1), atMs);
    };
    const nextDayMs = Date.UTC(2026, 1, 1) + 5_000;
    send(nextDayMs - 10_000);
    send(nextDayMs);
    send(nextDayMs);
    const { sent } = drain(lifeOf(settings, memory, nextDayMs), nextDayMs);
    expect(2 + sent).toBeLessThanOrEqual(400);
  });

  test('not more requests because they are light', () => {
    const settings = { budget, limits: [{ ...window, max: 4_000 }] };
    const memory = memoryOf();
    const first = lifeOf(settings, memory, START_MS);
    for (const weight of [10, 1, 1, 1, 1, 1, 1, 1, 1]) {
      expect(first.check(jobOf(weight), START_MS).kind).toBe('go');
      first.leave(jobOf(weight), START_MS);
    }
    expect(9 + drain(lifeOf(settings, memory, START_MS), START_MS).sent).toBeLessThanOrEqual(400);
  });

  test('not more weight because the requests are few', () => {
    const settings = { budget: null, limits: [{ ...window, max: 600 }] };
    const memory = memoryOf();
    const first = lifeOf(settings, memory, START_MS);
    for (const weight of [1, 50, 50]) {
      expect(first.check(jobOf(weight), START_MS).kind).toBe('go');
      first.leave(jobOf(weight), START_MS);
    }
    expect(101 + drain(lifeOf(settings, memory, START_MS), START_MS).sent).toBeLessThanOrEqual(600);
  });
});

const FIVE_A_DAY: BudgetOptions = { usdPerDay: null, usdPerMonth: null, callsPerDay: 5, callsPerMonth: null };

/** Sends until it is refused. */
function drain(
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

describe('a restart', () => {
  test('wastes nothing of a small allowance, whether the end was orderly or not', () => {
    for (const end of ['crash', 'close']) {
      const memory = memoryOf();
      const first = lifeOf({ budget: FIVE_A_DAY, limits: [] }, memory, START_MS);
      for (const job of [jobOf(1), jobOf(1)]) {
        expect(first.check(job, START_MS).kind).toBe('go');
        first.leave(job, START_MS);
      }
      if (end === 'close') first.close(START_MS);
      const second = lifeOf({ budget: FIVE_A_DAY, limits: [] }, memory, START_MS + 1_000);
      expect(drain(second, START_MS + 1_000)).toMatchObject({
        sent: 3,
        end: { kind: 'refuse', failure: { kind: 'budget', retryAfterMs: 599_000 } },
      });
    }
  });

  test('by a crash wastes at most a two-hundredth of a large allowance, which is not written for every call', () => {
    const budget = { ...FIVE_A_DAY, callsPerDay: 2_000 };
    const memory = memoryOf();
    const first = lifeOf({ budget, limits: [] }, memory, START_MS);
    const job = jobOf(1);
    expect(first.check(job, START_MS).kind).toBe('go');
    first.leave(job, START_MS);
    const { sent } = drain(lifeOf({ budget, limits: [] }, memory, START_MS), START_MS);
    expect(sent).toBeGreaterThanOrEqual(2_000 - 11);
    expect(memory.writes).toBeLessThanOrEqual(210);
  });

  test('obeys the pause that the provider asked for before', () => {
    const memory = memoryOf();
    const settings = { budget: null, limits: [{ max: 9, windowMs: 1_000, counting: 'sliding' as const }] };
    const first = lifeOf(settings, memory, START_MS);
    const job = jobOf(1);
    first.leave(job, START_MS);
    const banned = failure('limit', 'HTTP 418', 7_200_000);
    first.back(job, { ...exchanged(job, 'answered', 0, START_MS), failure: banned }, START_MS);
    const second = lifeOf(settings, memory, START_MS + 60_000);
    const verdict = second.check(jobOf(1), START_MS + 60_000);
    expect(verdict).toMatchObject({ kind: 'wait', failureKind: 'rateLimited' });
    expect(verdict.kind === 'wait' && verdict.untilMs).toBeGreaterThanOrEqual(START_MS + 7_200_000);
  });

  test('keeps the pace: a crash brings no turn forward', () => {
    const memory = memoryOf();
    const settings = { budget: null, limits: [{ max: 24, windowMs: DAY_MS, counting: 'sliding' as const }] };
    const midnightMs = Date.UTC(2026, 1, 2);
    const first = drain(lifeOf(settings, memory, midnightMs, true), midnightMs);
    expect(first.sent).toBe(3);
    for (let crash = 1; crash < 10; crash += 1) {
      const atMs = midnightMs + crash * 60_000;
      expect(drain(lifeOf(settings, memory, atMs, true), atMs).sent).toBe(0);
    }
  });

  test('that finds its memory unreadable counts everything as spent, once: until the day is over', () => {
    const memory = memoryOf();
    memory.found = { kind: 'unreadable', detail: 'spent.json: half of it is missing' };
    const settings = {
      budget: FIVE_A_DAY,
      limits: [{ max: 25, windowMs: DAY_MS, counting: 'fixed' as const }],
    };
    const first = lifeOf(settings, memory, START_MS);
    expect(drain(first, START_MS)).toMatchObject({ sent: 0, end: { failure: { kind: 'budget' } } });
    expect(memory.found.kind).toBe('found');
    const tomorrowMs = START_MS + 660_000;
    expect(drain(lifeOf(settings, memory, tomorrowMs), tomorrowMs).sent).toBe(5);
  });
});

test('what cannot be written down is not spent, and is tried again', () => {
  const memory = memoryOf();
  const life = lifeOf({ budget: FIVE_A_DAY, limits: [] }, memory, START_MS);
  memory.trouble = 'ENOSPC: no space left on device';
  const refused = life.check(jobOf(1), START_MS);
  expect(refused).toMatchObject({ kind: 'refuse', failure: { kind: 'budget' } });
  expect(refused.kind === 'refuse' && refused.failure.detail).toContain('ENOSPC');
  memory.trouble = null;
  expect(life.check(jobOf(1), START_MS).kind).toBe('go');
});

test.each<{ title: string; limits: LimitWindow[]; sent: number; writes: number }>([
  {
    title: 'for every tenth of a minute’s allowance',
    limits: [{ max: 50, windowMs: 60_000, counting: 'sliding' }],
    sent: 50,
    writes: 9,
  },
  {
    title: 'once for a window of a second',
    limits: [{ max: 50, windowMs: 1_000, counting: 'sliding' }],
    sent: 50,
    writes: 1,
  },
])('a source writes $title', ({ limits, sent, writes }) => {
  const memory = memoryOf();
  const life = lifeOf({ budget: null, limits }, memory, START_MS);
  expect(drain(life, START_MS).sent).toBe(sent);
  expect(memory.writes).toBe(writes);
});

test('a source without limits and budget never writes', () => {
  const memory = memoryOf();
  const life = lifeOf({ budget: null, limits: [] }, memory, START_MS);
  const job = jobOf(1);
  expect(life.check(job, START_MS).kind).toBe('go');
  life.leave(job, START_MS);
  life.close(START_MS);
  expect(memory.writes).toBe(0);
});

test('a minute’s allowance is spent even where it cannot be written down', () => {
  const memory = memoryOf();
  memory.trouble = 'ENOSPC: no space left on device';
  const limits: LimitWindow[] = [{ max: 50, windowMs: 60_000, counting: 'sliding' }];
  expect(drain(lifeOf({ budget: null, limits }, memory, START_MS), START_MS).sent).toBe(50);
});

test('where one request may be under way at a time, that of the life before is waited for', () => {
  const memory = memoryOf();
  const settings = { budget: null, limits: [], concurrency: 1 };
  expect(lifeOf(settings, memory, START_MS).check(jobOf(1), START_MS).kind).toBe('go');
  const second = lifeOf(settings, memory, START_MS + 300);
  const idleAtMs = START_MS + 300 + TOY_OPTIONS.timeoutMs;
  expect(second.check(jobOf(1), START_MS + 300)).toMatchObject({ kind: 'wait', untilMs: idleAtMs });
  expect(second.check(jobOf(1), idleAtMs).kind).toBe('go');
});

test('after a crash in the middle of a minute what is left of its allowance can be used, less what was written ahead', () => {
  for (const counting of ['sliding', 'fixed'] as const) {
    const memory = memoryOf();
    const limits: LimitWindow[] = [{ max: 60, windowMs: 60_000, counting }];
    const first = lifeOf({ budget: null, limits }, memory, START_MS + 5_000);
    for (let i = 0; i < 20; i += 1) {
      expect(first.check(jobOf(1), START_MS + 5_000).kind).toBe('go');
      first.leave(jobOf(1), START_MS + 5_000);
    }
    const again = drain(lifeOf({ budget: null, limits }, memory, START_MS + 20_000), START_MS + 20_000);
    expect(again.sent).toBeLessThanOrEqual(40);
    expect(again.sent).toBeGreaterThanOrEqual(40 - 6);
  }
});

test('what was noted longer ago than any month is forgotten, a source that is not configured now is not', () => {
  const memory = memoryOf();
  const noted = { pausedUntilMs: 0, windows: [], paces: [], spent: null };
  memory.found = {
    kind: 'found',
    memories: {
      old: { ...noted, notedAtMs: START_MS - 33 * DAY_MS },
      other: { ...noted, notedAtMs: START_MS - 5 * DAY_MS },
    },
  };
  drain(lifeOf({ budget: FIVE_A_DAY, limits: [] }, memory, START_MS), START_MS);
  expect(memory.found.kind === 'found' && Object.keys(memory.found.memories)).toEqual(['other', 'toy']);
});
