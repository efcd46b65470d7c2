import { describe, expect, test } from 'vitest';
import { failure } from '../core/failure.ts';
import type { BudgetOptions } from '../core/options.ts';
import { Budget } from './budget.ts';
import { type Exchange, heldBack, type Job } from './job.ts';
import { budgetLeft, nothingSpent } from './spending.ts';
import { asksFor, outcome, START_MS, SYMBOLS, setUp } from './toy-gateway.testing.ts';
import { toyQuotes } from './toy-source.testing.ts';

const NOTHING: BudgetOptions = { usdPerDay: null, usdPerMonth: null, callsPerDay: null, callsPerMonth: null };

/** What becomes of one question after the other, each asked when the one before is answered. */
async function outcomesOf(
  budget: Partial<BudgetOptions>,
  { price = 0.01, bills = [] }: { readonly price?: number | null; readonly bills?: readonly number[] } = {},
) {
  let answers = 0;
  const billing = {
    ...toyQuotes,
    parse: (...[response, batch, settings]: Parameters<typeof toyQuotes.parse>) => ({
      ...toyQuotes.parse(response, batch, settings),
      reportedCostUsd: bills[answers++] ?? null,
    }),
  };
  const { clock, gateway } = setUp({
    source: { endpoints: [billing] },
    options: { budget: { ...NOTHING, ...budget }, priceUsdPerCall: price },
  });
  const outcomes: (string | undefined)[] = [];
  for (const symbol of SYMBOLS) {
    const asked = gateway.ask(asksFor([symbol], clock));
    await clock.advanceTo(clock.nowMs() + 1_000);
    outcomes.push(outcome((await asked)[0]));
  }
  return { outcomes, health: gateway.health()[0] };
}

const REFUSED = 'refused budget';

describe('a request that might cross its budget is not sent', () => {
  test.each<{
    title: string;
    budget: Partial<BudgetOptions>;
    price?: number | null;
    bills?: number[];
    fresh: number;
  }>([
    { title: 'calls of a day', budget: { callsPerDay: 2 }, fresh: 2 },
    { title: 'calls of a month', budget: { callsPerDay: 5, callsPerMonth: 3 }, fresh: 3 },
    { title: 'none at all', budget: { callsPerDay: 0 }, fresh: 0 },
    { title: 'dollars of a day at the list price, to the last cent', budget: { usdPerDay: 0.03 }, fresh: 3 },
    { title: 'dollars of a month', budget: { usdPerMonth: 0.049 }, fresh: 4 },
    {
      title: 'bills below the list price leave room for more',
      budget: { usdPerDay: 0.03 },
      bills: [0.005, 0.005, 0.005, 0.005],
      fresh: 5,
    },
    {
      title: 'a bill above the list price is reserved for every call from then on',
      budget: { usdPerDay: 0.1 },
      bills: [0.04, 0.02, 0.001],
      fresh: 3,
    },
    { title: 'a free source has no need of dollars', budget: { usdPerDay: 0 }, price: 0, fresh: 6 },
  ])('$title', async ({ budget, fresh, ...billed }) => {
    const { outcomes } = await outcomesOf(budget, billed);
    const expected = SYMBOLS.map((_, i) => (i < fresh ? 'fresh' : REFUSED));
    expect(outcomes).toEqual(expected);
  });

  test('what is under way is spent already: many at once do not cross either', async () => {
    const { clock, gateway, http } = setUp({
      options: { budget: { ...NOTHING, usdPerDay: 0.035 } },
      gateway: { batching: false },
    });
    const asked = gateway.ask(asksFor(SYMBOLS, clock));
    await clock.advanceTo(clock.nowMs() + 1_000);
    expect((await asked).map(outcome)).toEqual(['fresh', 'fresh', 'fresh', REFUSED, REFUSED, REFUSED]);
    expect(http.seen).toHaveLength(3);
  });

  test('an answer that was lost on the way counts as billed, a request that never left does not', async () => {
    for (const { failed, left } of [
      { failed: { reason: 'connection' as const }, left: 0 },
      { failed: { reason: 'connection' as const, unsent: true }, left: 1 },
    ]) {
      const { clock, gateway } = setUp({
        answer: () => ({ failed }),
        options: { budget: { ...NOTHING, callsPerDay: 1, usdPerDay: 0.01 } },
        gateway: { retry: null },
      });
      const asked = gateway.ask(asksFor(['AAPL'], clock));
      await clock.advanceTo(clock.nowMs() + 1_000);
      await asked;
      expect(gateway.health()[0]?.budget).toMatchObject({ callsLeftToday: left, usdLeftToday: left / 100 });
    }
  });
});

test('an answer that was lost counts as the dearest so far, whatever the list price', () => {
  const budget = new Budget({ ...NOTHING, usdPerDay: 1 }, 0.01, START_MS);
  const carry = (fate: Exchange['fate'], costUsd: number): void => {
    const request = { method: 'GET' as const, url: '', headers: {}, body: null };
    const job: Job = { endpoint: toyQuotes, flights: [], request, weight: 1 };
    budget.leave(job, START_MS);
    budget.back(job, { ...heldBack(job, failure('connection', ''), START_MS), fate, costUsd }, START_MS);
  };
  carry('answered', 0.25);
  carry('lost', 0.01);
  expect(budget.left(START_MS).usdLeftToday).toBe(0.5);
});

test('a new day begins anew, the month goes on', async () => {
  const { clock, gateway } = setUp({
    options: { budget: { ...NOTHING, callsPerDay: 1, callsPerMonth: 2 } },
  });
  const outcomes: (string | undefined)[] = [];
  for (const day of [0, 0, 1, 2, 30]) {
    await clock.advanceTo(Math.max(clock.nowMs(), START_MS + day * 86_400_000));
    const asked = gateway.ask(asksFor(['AAPL'], clock));
    await clock.advanceTo(clock.nowMs() + 1_000);
    outcomes.push(outcome((await asked)[0]));
  }
  expect(outcomes).toEqual(['fresh', REFUSED, 'fresh', REFUSED, 'fresh']);
});

test('what was spent so far says when the budget runs out, if it does within its day or month', () => {
  const nowMs = Date.UTC(2026, 0, 10, 12);
  const spent = { ...nothingSpent(nowMs), callsToday: 60, callsThisMonth: 190, usdThisMonth: 1 };
  const out = (budget: Partial<BudgetOptions>, atMs = nowMs): number | null =>
    budgetLeft({ ...NOTHING, ...budget }, spent, atMs).runsOutAtMs;
  // 60 calls in 12 h: 100 are gone after 20 h, 120 just when the day is over.
  expect(out({ callsPerDay: 100 })).toBe(Date.UTC(2026, 0, 10, 20));
  expect(out({ callsPerDay: 120 })).toBeNull();
  // $1 in 9.5 days of January: $2 are gone after 19 days, $4 would last 38.
  expect(out({ usdPerMonth: 2 })).toBe(Date.UTC(2026, 0, 20));
  expect(out({ usdPerMonth: 4 })).toBeNull();
  expect(out({ callsPerDay: 100, usdPerMonth: 2 })).toBe(Date.UTC(2026, 0, 10, 20));
  expect(out({ callsPerDay: 60 })).toBe(nowMs);
  // A minute into the day nothing can be said of it.
  expect(out({ callsPerDay: 1_000 }, Date.UTC(2026, 0, 10) + 60_000)).toBeNull();
});

test('health says what is left, and how long a refusal lasts', async () => {
  const { health } = await outcomesOf({ callsPerDay: 2, usdPerMonth: 1 });
  expect(health).toMatchObject({
    state: 'quota',
    budget: { callsLeftToday: 0, usdLeftToday: null, usdLeftThisMonth: 0.98, callsLeftThisMonth: null },
    quotas: [],
    lastFailure: { kind: 'budget', detail: 'all 2 calls of this day are spent' },
  });
  expect(health?.lastFailure?.retryAfterMs).toBe(9 * 3_600_000 - 5_000);
});
