import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type BudgetPlan, type CallCounts, planBudget, type SourcePlan } from './budget-plan.ts';
import { type ToySeat, toyConfig, toySeat } from './plan-world.testing.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/** 19 sessions of 390 minutes and one of 210. */
const NOVEMBER = { year: 2026, month: 11 };
const STOCKS = ['AAPL', 'NVDA', 'TSLA', 'MSFT'];
const ALL = [...STOCKS, 'BTC-USD', 'ETH-USD'];
const PRICES: ToySeat[] = [
  { id: 'first', gives: { market: 100 }, weight: 0 },
  { id: 'second', gives: { market: 100 }, weight: 0 },
];
const NEWS: ToySeat = {
  id: 'news',
  gives: { gauge: 1 },
  needs: 'gauge',
  ttlMs: 15 * MINUTE_MS,
  limits: [{ max: 25, windowMs: DAY_MS, counting: 'sliding' }],
};

type Options = Parameters<typeof toyConfig>[2];

function planOf(symbols: readonly string[], toys: readonly ToySeat[], options: Options = {}): BudgetPlan {
  const seats = toys.map(toySeat);
  return planBudget(toyConfig(symbols, seats, options), seats, NOVEMBER);
}

function sourceOf(plan: BudgetPlan, id: string): SourcePlan {
  const source = plan.sources.find(({ sourceId }) => sourceId === id);
  if (source === undefined) throw new Error(`no plan for ${id}`);
  return source;
}

const figures = ({ least, steady, most }: CallCounts['perDay']): number[] => [least, steady, most];

describe('25 calls a day for 4 symbols', () => {
  const news = sourceOf(planOf(STOCKS, [...PRICES, NEWS]), 'news');

  test('are one look per symbol every 62.4 minutes of session', () => {
    // 25 / 4 = 6.25 looks per symbol and day; 390 min / 6.25 = 62.4 min.
    expect(news.verdict).toBe('cannotBeMet');
    expect(news.shortfall?.lookEveryMs).toBeCloseTo(62.4 * MINUTE_MS, 6);
    expect(news.shortfall).toMatchObject({ degrades: 'opinions', symbols: 4, unitsLeft: 25 });
  });

  test('were wished for 104 times', () => {
    // A TTL of 15 min: 390 / 15 = 26 looks a day; 19 x 26 + 210 / 15 = 508 a month.
    expect(figures(news.calls.perDay)).toEqual([0, 104, 104]);
    expect(figures(news.calls.perMonth)).toEqual([0, 4 * 508, 4 * 508]);
    expect(news.tightest).toMatchObject({ max: 25, needed: { steady: 104 }, share: { steady: 4.16 } });
  });

  test('suffice with a TTL of 65 minutes: six whole rounds, not seven', () => {
    expect(news.shortfall?.ttlMsThatFits).toBe(65 * MINUTE_MS);
    const longer = planOf(STOCKS, [...PRICES, { ...NEWS, ttlMs: 65 * MINUTE_MS }]);
    expect(sourceOf(longer, 'news')).toMatchObject({ verdict: 'fits', shortfall: null });
    const shorter = planOf(STOCKS, [...PRICES, { ...NEWS, ttlMs: 64 * MINUTE_MS }]);
    expect(sourceOf(shorter, 'news').verdict).toBe('cannotBeMet');
  });

  test('go further apart where crypto shares them around the clock', () => {
    // (4 x 390 + 2 x 1,440) / 25 = 177.6 min.
    const shared = sourceOf(planOf(ALL, [...PRICES, NEWS]), 'news');
    expect(shared.shortfall?.lookEveryMs).toBeCloseTo(177.6 * MINUTE_MS, 6);
  });
});

describe('prices', () => {
  const plan = planOf(ALL, PRICES);

  test('the first is asked for in every cycle, all symbols in one call, whatever happens', () => {
    const { calls, classes } = sourceOf(plan, 'first');
    // Crypto pays for the batch; stocks ride along.
    const [stock, crypto] = classes.map((entry) => entry.calls.perCycle);
    expect([stock?.least, crypto?.least]).toEqual([0, 1]);
    expect(calls.perDay.least).toBe(DAY_MS / 5_000);
    expect(calls.perMonth.least).toBe((30 * DAY_MS) / 5_000);
  });

  test('the second is asked for at the heartbeat, and in the worst case in every cycle, symbol by symbol', () => {
    const { perDay, perCycle, perMinute } = sourceOf(plan, 'second').calls;
    // Heartbeat 300 s: 288 a day for both classes. Worst: 2 x 17,280 + 4 x 390 x 12.
    expect(figures(perDay)).toEqual([288, 288, 2 * 17_280 + 4 * 4_680]);
    expect(perCycle.most).toBe(6);
    expect(perMinute.least).toBeCloseTo(0.2);
  });

  test('bring the bars of the market with them, or else the first watcher that has bars is asked', () => {
    const fed = planOf(
      ['BTC-USD'],
      [{ id: 'first', gives: { market: 100, bars: 1 }, weight: 0 }, PRICES[1] as ToySeat],
    );
    // Beside 17,280 prices: no bars at best, one look at each heartbeat of 5 min, or one a minute.
    expect(figures(sourceOf(fed, 'first').calls.perDay)).toEqual([17_280, 17_280 + 288, 17_280 + 1_440]);
  });

  test('a third is asked for only where the two disagree', () => {
    const third = sourceOf(
      planOf(['BTC-USD'], [...PRICES, { ...PRICES[1], id: 'third' } as ToySeat]),
      'third',
    );
    expect(figures(third.calls.perDay)).toEqual([0, 0, 17_280]);
  });

  test('of stocks pay for their own batch where crypto is looked at less often', () => {
    const voter: ToySeat = { id: 'voter', gives: { bars: 1 }, only: 'stock' };
    const { classes } = sourceOf(planOf(ALL, [...PRICES, voter]), 'second');
    // Bars open the gate for stocks every minute of 390, the heartbeat for crypto every 5 min.
    expect(classes.map(({ calls }) => calls.perDay.steady)).toEqual([390, 288]);
  });

  test('that confirm may cost nothing where the same calls bring first prices of other symbols', () => {
    const seats = PRICES.map(toySeat);
    const config = {
      ...toyConfig(ALL, seats),
      watch: { stock: ['first', 'second'], crypto: ['second', 'first'] },
    };
    const { classes } = sourceOf(planBudget(config, seats, NOVEMBER), 'second');
    expect(classes.map(({ calls }) => calls.perDay.least)).toEqual([0, 17_280]);
  });

  test('symbols beyond one batch cost a call more', () => {
    const small = planOf(STOCKS, [{ ...PRICES[0], gives: { market: 3 } } as ToySeat, PRICES[1] as ToySeat]);
    expect(sourceOf(small, 'first').calls.perCycle).toEqual({ least: 2, steady: 2, most: 2 });
  });

  test('without batching every symbol is a call', () => {
    const plain = planOf(ALL, PRICES, { flags: { batching: false } });
    expect(sourceOf(plain, 'first').calls.perCycle).toMatchObject({ least: 6, most: 6 });
  });

  test('without the change gate the second is asked for in every cycle even in the best case', () => {
    const plain = planOf(['BTC-USD'], PRICES, { flags: { changeGate: false } });
    expect(sourceOf(plain, 'second').calls.perCycle.least).toBe(1);
  });
});

describe('opinions', () => {
  test.each([
    { ttlMs: 90_000, everyMin: 1 },
    { ttlMs: 30_000, everyMin: 1 },
    { ttlMs: 300_000, everyMin: 4 },
    { ttlMs: 5 * MINUTE_MS + 32_000, everyMin: 5 },
  ])('on bars with a TTL of $ttlMs ms are renewed every $everyMin min', ({ ttlMs, everyMin }) => {
    const voter: ToySeat = { id: 'voter', gives: { bars: 1 }, ttlMs };
    const { calls } = sourceOf(planOf(['BTC-USD'], [...PRICES, voter]), 'voter');
    expect(figures(calls.perDay)).toEqual([0, 1_440 / everyMin, 1_440 / everyMin]);
  });

  test('share a prompt when the market is calm, and are asked for one by one at worst', () => {
    const model: ToySeat = { id: 'model', gives: { stance: 20 }, needs: 'stance', ttlMs: 300_000 };
    const { calls } = sourceOf(planOf(['BTC-USD', 'ETH-USD'], [...PRICES, model]), 'model');
    expect(figures(calls.perDay)).toEqual([0, 288, 576]);
  });

  test('are asked for in every cycle where none is reused', () => {
    const model: ToySeat = { id: 'model', gives: { stance: 20 }, needs: 'stance' };
    const plan = planOf(['BTC-USD'], [...PRICES, model], {
      flags: { opinionReuse: false, changeGate: false, decidedVote: false },
    });
    expect(sourceOf(plan, 'model').calls.perCycle).toEqual({ least: 1, steady: 1, most: 1 });
  });

  test('of a source without weight are not asked for', () => {
    const mute: ToySeat = { id: 'mute', gives: { stance: 20 }, needs: 'stance', weight: 0 };
    expect(sourceOf(planOf(['BTC-USD'], [...PRICES, mute]), 'mute').classes).toEqual([]);
  });
});

describe('limits', () => {
  const limits = (max: number, windowMs: number): Pick<ToySeat, 'limits'> => ({
    limits: [{ max, windowMs, counting: 'sliding' }],
  });

  test('below a minute are looked at over a minute, in the asking time of its cycles', () => {
    // 1 a second: floor(3,000 / 1,000) = 3 a cycle, 36 a minute.
    const [use] = sourceOf(
      planOf(['BTC-USD'], [{ ...PRICES[0], ...limits(1, 1_000) } as ToySeat]),
      'first',
    ).limits;
    expect(use).toMatchObject({ judgedOverMs: MINUTE_MS, allowed: 36, needed: { least: 12 } });
  });

  test('of 10 per 5 s are 120 a minute', () => {
    const [use] = sourceOf(
      planOf(['BTC-USD'], [{ ...PRICES[0], ...limits(10, 5_000) } as ToySeat]),
      'first',
    ).limits;
    expect(use).toMatchObject({ judgedOverMs: MINUTE_MS, allowed: 120 });
  });

  test('of an hour allow what flows evenly; unpaced, all', () => {
    const first = { ...PRICES[0], ...limits(2_000, 60 * MINUTE_MS) } as ToySeat;
    const allowedWith = (pacing: boolean) =>
      sourceOf(planOf(['BTC-USD'], [first], { flags: { pacing } }), 'first').limits[0]?.allowed;
    expect([allowedWith(true), allowedWith(false)]).toEqual([1_901, 2_000]);
  });

  test('are counted in the units of a provider that weighs', () => {
    const weighed = { ...PRICES[0], ...limits(100, MINUTE_MS), unitsPerSymbol: 2 } as ToySeat;
    const [use] = sourceOf(planOf(['BTC-USD', 'ETH-USD'], [weighed]), 'first').limits;
    expect(use?.needed.least).toBe(48);
  });

  test('that prices alone exceed are said to be about prices, and no TTL mends them', () => {
    const plan = planOf(['BTC-USD'], [{ ...PRICES[0], ...limits(6, MINUTE_MS) } as ToySeat]);
    expect(sourceOf(plan, 'first').shortfall).toEqual({
      degrades: 'prices',
      symbols: 1,
      unitsLeft: 6,
      lookEveryMs: 10_000,
      ttlMsThatFits: null,
    });
  });

  test('that only a storm exceeds hold while it is calm', () => {
    const plan = planOf(ALL, [PRICES[0] as ToySeat, { ...PRICES[1], ...limits(30, MINUTE_MS) } as ToySeat]);
    expect(sourceOf(plan, 'second')).toMatchObject({ verdict: 'fitsWhenCalm', shortfall: null });
  });
});

describe('budgets', () => {
  const none = { usdPerDay: null, usdPerMonth: null, callsPerDay: null, callsPerMonth: null };
  const model: ToySeat = { id: 'model', gives: { stance: 1 }, needs: 'stance', ttlMs: 300_000 };
  const planWith = (priceUsdPerCall: number | null, budget: Partial<typeof none> | object) =>
    sourceOf(
      planOf(['BTC-USD'], [...PRICES, { ...model, priceUsdPerCall, budget: { ...none, ...budget } }]),
      'model',
    );

  test.each([
    // One look every 5 min around the clock: 288 a day, 8,640 in November.
    { budget: { callsPerDay: 144 }, max: 144, windowDays: 1, share: 2, everyMin: 10 },
    { budget: { callsPerMonth: 864 }, max: 864, windowDays: 30, share: 10, everyMin: 50 },
    // $0.30 at $0.10 a call are 3 calls, whatever binary fractions make of it.
    { budget: { usdPerDay: 0.3 }, max: 3, windowDays: 1, share: 96, everyMin: 480 },
    { budget: { usdPerMonth: 43.2 }, max: 432, windowDays: 30, share: 20, everyMin: 100 },
  ])('of $budget hold back like a limit of $max calls', ({ budget, max, windowDays, share, everyMin }) => {
    const { tightest, shortfall, verdict } = planWith(0.1, budget);
    expect(verdict).toBe('cannotBeMet');
    expect(tightest).toMatchObject({ setBy: 'budget', max, windowMs: windowDays * DAY_MS });
    expect(tightest?.share.steady).toBeCloseTo(share);
    expect(shortfall?.lookEveryMs).toBeCloseTo(everyMin * MINUTE_MS);
    expect(shortfall?.ttlMsThatFits).toBe(everyMin * MINUTE_MS);
  });

  test('in money say nothing where only the bill tells the price', () => {
    expect(planWith(null, { usdPerDay: 1 }).limits).toEqual([]);
  });

  test('count calls where the provider counts weight', () => {
    const heavy = { ...model, unitsPerSymbol: 5, budget: { ...none, callsPerDay: 288 } };
    expect(sourceOf(planOf(['BTC-USD'], [...PRICES, heavy]), 'model').limits[0]).toMatchObject({
      countedIn: 'calls',
      needed: { most: 288 },
    });
  });
});

describe('money', () => {
  const model: ToySeat = { id: 'model', gives: { stance: 20 }, needs: 'stance', ttlMs: 300_000 };

  test('is calls times the price of a call', () => {
    const plan = planOf(['BTC-USD', 'ETH-USD'], [...PRICES, { ...model, priceUsdPerCall: 0.01 }]);
    const { usdPerDay, usdPerMonth } = plan.money;
    expect(usdPerDay.least).toBe(0);
    expect(usdPerDay.steady).toBeCloseTo(2.88);
    expect(usdPerDay.most).toBeCloseTo(5.76);
    expect(usdPerMonth.most).toBeCloseTo(172.8);
    expect(plan.unpriced).toEqual([]);
  });

  test('that only the bill tells is not guessed', () => {
    const plan = planOf(['BTC-USD'], [...PRICES, { ...model, priceUsdPerCall: null }]);
    expect(sourceOf(plan, 'model').money).toBeNull();
    expect(plan.unpriced).toEqual(['model']);
  });
});

test('the TTL that is said to fit, fits, and a minute less does not', () => {
  fc.assert(
    fc.property(fc.integer({ min: 5, max: 400 }), fc.subarray(ALL, { minLength: 1 }), (max, symbols) => {
      const news = { ...NEWS, limits: [{ max, windowMs: DAY_MS, counting: 'sliding' as const }] };
      const ttlMs = sourceOf(planOf(symbols, [...PRICES, news]), 'news').shortfall?.ttlMsThatFits;
      if (ttlMs === null || ttlMs === undefined) return;
      const verdict = (ms: number) =>
        sourceOf(planOf(symbols, [...PRICES, { ...news, ttlMs: ms }]), 'news').verdict;
      expect(verdict(ttlMs)).toBe('fits');
      expect(verdict(ttlMs - MINUTE_MS)).toBe('cannotBeMet');
    }),
    { numRuns: 60 },
  );
});
