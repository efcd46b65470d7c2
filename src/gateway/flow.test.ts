import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type FlowRate, flowRateOf } from '../core/flow-rate.ts';
import type { LimitWindow } from '../core/source.ts';
import { flowDueAtMs, flowedAfterMs } from './flow.ts';
import { asksFor, outcome, SYMBOLS, setUp } from './toy-gateway.testing.ts';

const HOUR_MS = 3_600_000;
const START_MS = Date.UTC(2026, 0, 15, 14, 30);

function perHour(max: number, hours = 1): LimitWindow {
  return { max, windowMs: hours * HOUR_MS, counting: 'sliding' };
}

describe('the rate', () => {
  test.each([
    [perHour(2_000), { burst: 100, gapMs: 1_893.740_234_375 }],
    [perHour(61), { burst: 3, gapMs: 61_016.949_218_75 }],
    [perHour(5), { burst: 1, gapMs: HOUR_MS / 5 }],
    [perHour(1, 12), { burst: 1, gapMs: 12 * HOUR_MS }],
  ])('of %o is %o', (window, rate) => {
    expect(flowRateOf(window, 0.05)).toEqual(rate);
  });
});

type Sent = { readonly atMs: number; readonly weight: number };

/** When requests leave that are tried at these moments, each as often as it takes. */
function flow(rate: FlowRate, tries: readonly Sent[]): Sent[] {
  let flowedAtMs = 0;
  let nowMs = START_MS;
  return tries.map(({ atMs, weight }) => {
    nowMs = Math.max(nowMs, atMs, flowDueAtMs(rate, flowedAtMs, weight));
    flowedAtMs = flowedAfterMs(rate, flowedAtMs, weight, nowMs);
    return { atMs: nowMs, weight };
  });
}

function weightIn(sent: readonly Sent[], fromMs: number, toMs: number): number {
  return sent
    .filter(({ atMs }) => atMs >= fromMs && atMs < toMs)
    .reduce((sum, { weight }) => sum + weight, 0);
}

describe('under backlog', () => {
  const window = perHour(2_000);
  const backlog = Array.from({ length: 10_000 }, () => ({ atMs: START_MS, weight: 1 }));
  const sent = flow(flowRateOf(window, 0.05), backlog);

  test('a burst goes at once, and at least 95 % of the allowance in every hour', () => {
    expect(weightIn(sent, START_MS, START_MS + 1)).toBe(100);
    for (let hour = 0; hour < 4; hour += 1) {
      const used = weightIn(sent, START_MS + hour * HOUR_MS, START_MS + (hour + 1) * HOUR_MS);
      expect(used).toBeGreaterThanOrEqual(1_900);
      expect(used).toBeLessThanOrEqual(2_000);
    }
  });

  test('no gap is longer than two seconds: the allowance never runs dry', () => {
    const gapsMs = sent.slice(1).map(({ atMs }, index) => atMs - (sent[index]?.atMs ?? 0));
    expect(Math.max(...gapsMs)).toBeLessThan(2_000);
  });
});

test('no span of the window’s length sees more than the allowance, whatever comes when', () => {
  const anyTry = fc.record({ atMs: fc.nat(3 * HOUR_MS), weight: fc.integer({ min: 1, max: 4 }) });
  const anyMax = fc.integer({ min: 4, max: 60 });
  const anyShare = fc.double({ min: 0, max: 1, noNaN: true });
  fc.assert(
    fc.property(fc.array(anyTry, { maxLength: 150 }), anyMax, anyShare, (tries, max, burstShare) => {
      const window = perHour(max);
      const inOrder = tries
        .map(({ atMs, weight }) => ({ atMs: START_MS + atMs, weight }))
        .sort((a, b) => a.atMs - b.atMs);
      const rate = flowRateOf(window, burstShare);
      // One heavier than a burst makes itself the burst.
      const beyond = Math.max(0, Math.max(...inOrder.map(({ weight }) => weight)) - rate.burst);
      const sent = flow(rate, inOrder);
      for (const { atMs } of sent)
        expect(weightIn(sent, atMs, atMs + HOUR_MS)).toBeLessThanOrEqual(max + beyond);
    }),
    { numRuns: 60 },
  );
});

describe('through the gateway', () => {
  const limits = [perHour(60)];
  const setUpWith = (pace?: null) =>
    setUp({
      options: { limits },
      gateway: { batching: false, ...(pace === null ? { pace } : {}) },
      startMs: START_MS,
    });

  test('a burst leaves, the rest is refused with the moment of the next', async () => {
    const { clock, gateway } = setUpWith();
    const asked = gateway.ask(asksFor(SYMBOLS, clock));
    await clock.advanceTo(START_MS + 5_000);
    const outcomes = (await asked).map(outcome);
    expect(outcomes.filter((end) => end === 'fresh')).toHaveLength(3);
    expect(outcomes.filter((end) => end === 'refused rateLimited')).toHaveLength(SYMBOLS.length - 3);
  });

  test('switched off, the allowance is spent as it is asked for', async () => {
    const { clock, gateway } = setUpWith(null);
    const asked = gateway.ask(asksFor(SYMBOLS, clock));
    await clock.advanceTo(START_MS + 5_000);
    expect((await asked).map(outcome)).toEqual(SYMBOLS.map(() => 'fresh'));
  });
});
