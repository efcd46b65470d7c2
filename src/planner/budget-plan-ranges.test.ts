import fc from 'fast-check';
import { expect, test } from 'vitest';
import { planBudget } from './budget-plan.ts';
import { errandsOf, type PlanSeat } from './errands.ts';
import { toyConfig, toySeat } from './plan-world.testing.ts';

/** What holds of every plan, whatever is configured. */

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const NOVEMBER = { year: 2026, month: 11 };
const ALL = ['AAPL', 'NVDA', 'TSLA', 'MSFT', 'BTC-USD', 'ETH-USD'];

const anyToy = fc.record({
  gives: fc.record({
    market: fc.option(fc.integer({ min: 1, max: 4 })),
    bars: fc.option(fc.integer({ min: 1, max: 4 })),
    stance: fc.option(fc.integer({ min: 1, max: 4 })),
  }),
  needs: fc.constantFrom('bars' as const, 'stance' as const),
  weight: fc.constantFrom(0, 1),
  ttlMs: fc.integer({ min: 1_000, max: 90_000_000 }),
  priceUsdPerCall: fc.constantFrom(0, 0.01),
  unitsPerSymbol: fc.constantFrom(0, 2),
  limits: fc.array(
    fc.record({
      max: fc.integer({ min: 1, max: 5_000 }),
      windowMs: fc.constantFrom(1_000, 5_000, 60_000, 3_600_000, DAY_MS, 30 * DAY_MS),
      counting: fc.constant('sliding' as const),
    }),
    { maxLength: 3 },
  ),
});

const anyWorld = fc
  .record({
    symbols: fc.subarray(ALL, { minLength: 1 }),
    toys: fc.array(anyToy, { minLength: 1, maxLength: 4 }),
    cycleMs: fc.constantFrom(1_000, 5_000, 7_000, 90_000),
    flags: fc.record({
      batching: fc.boolean(),
      opinionReuse: fc.boolean(),
      changeGate: fc.boolean(),
      decidedVote: fc.boolean(),
    }),
  })
  .map(({ symbols, toys, cycleMs, flags }) => {
    const seats = toys.map(({ gives, ...toy }, index): PlanSeat => {
      const given = Object.fromEntries(Object.entries(gives).filter(([, batchMax]) => batchMax !== null));
      return toySeat({ ...toy, gives: given, id: `source${index}` });
    });
    return { seats, config: toyConfig(symbols, seats, { cycleMs, flags }) };
  });

test('no case asks less than the one before, of whatever source, class and span', () => {
  fc.assert(
    fc.property(anyWorld, ({ seats, config }) => {
      const plan = planBudget(config, seats, NOVEMBER);
      const counts = plan.sources.flatMap(({ calls, classes }) => [
        calls,
        ...classes.map((entry) => entry.calls),
      ]);
      const ranges = counts.flatMap(({ perCycle, perMinute, perDay, perMonth }) => [
        perCycle,
        perMinute,
        perDay,
        perMonth,
      ]);
      for (const { least, steady, most } of [...ranges, plan.money.usdPerMonth]) {
        expect(least).toBeLessThanOrEqual(steady);
        expect(steady).toBeLessThanOrEqual(most);
      }
    }),
    { numRuns: 300 },
  );
});

/** Most units that leave in any window of a day in which everything is asked for whenever it may be, slot by slot. */
function busiest(
  seats: readonly PlanSeat[],
  config: ReturnType<typeof toyConfig>,
  id: string,
  windowMs: number,
) {
  const units = Array.from({ length: Math.ceil(DAY_MS / config.cycleMs) }, () => 0);
  for (const { sourceId, cadence } of errandsOf(config, seats)) {
    if (sourceId !== id) continue;
    for (let atMs = 0; atMs < DAY_MS; atMs += cadence.most.everyMs) {
      const slot = Math.floor(atMs / config.cycleMs);
      units[slot] = (units[slot] ?? 0) + cadence.most.unitsPerRound;
    }
  }
  const slots = Math.max(1, Math.floor(windowMs / config.cycleMs));
  let inWindow = 0;
  let most = 0;
  for (const [slot, count] of units.entries()) {
    inWindow += count - (units[slot - slots] ?? 0);
    most = Math.max(most, inWindow);
  }
  return most;
}

test('what is said to fit stays within every limit on the busiest day', () => {
  let fitting = 0;
  const cryptoOnly = anyWorld.map(({ seats, config }) => ({
    seats,
    config: { ...config, symbols: config.symbols.filter(({ assetClass }) => assetClass === 'crypto') },
  }));
  fc.assert(
    fc.property(cryptoOnly, ({ seats, config }) => {
      for (const { sourceId, verdict, limits } of planBudget(config, seats, NOVEMBER).sources) {
        if (verdict !== 'fits') continue;
        for (const { max, windowMs } of limits) {
          if (windowMs > DAY_MS) continue;
          fitting += 1;
          // A burst waits: a window below a minute is filled as often as a minute has room for it.
          const spanMs = Math.max(windowMs, MINUTE_MS, config.cycleMs);
          const room = max * Math.floor(spanMs / windowMs);
          expect(busiest(seats, config, sourceId, spanMs)).toBeLessThanOrEqual(room);
        }
      }
    }),
    { numRuns: 100 },
  );
  expect(fitting).toBeGreaterThan(20);
});
