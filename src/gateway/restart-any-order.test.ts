import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { LimitWindow } from '../core/source.ts';
import type { Exchange } from './job.ts';
import {
  DAY_MS,
  exchanged,
  jobOf,
  lifeOf,
  memoryOf,
  PRICE_USD,
  type Settings,
  START_MS,
} from './source-life.testing.ts';
import { uncertaintyMsOf } from './window-count.ts';

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
