import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { LimitWindow } from '../core/source.ts';
import { type Pace, paceAfter, paceDueAtMs, paceIn, type Span, spanOf } from './pace.ts';
import { asksFor, outcome, SYMBOLS, setUp } from './toy-gateway.testing.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Thursday, 15 January 2026: New York trades from 14:30 to 21:00 UTC. */
const MIDNIGHT_MS = Date.UTC(2026, 0, 15);
const OPEN_MS = MIDNIGHT_MS + 14.5 * HOUR_MS;
const CLOSE_MS = MIDNIGHT_MS + 21 * HOUR_MS;

function perDays(max: number, days: number): LimitWindow {
  return { max, windowMs: days * DAY_MS, counting: 'sliding' };
}

describe('the time over which an allowance is spread', () => {
  test.each<{ title: string; window: LimitWindow; assetClass: 'stock' | 'crypto'; atMs: number; span: Span }>(
    [
      {
        title: 'is the session',
        window: perDays(25, 1),
        assetClass: 'stock',
        atMs: OPEN_MS + 1,
        span: { fromMs: OPEN_MS, untilMs: CLOSE_MS, max: 25 },
      },
      {
        title: 'is the next session before it opens',
        window: perDays(25, 1),
        assetClass: 'stock',
        atMs: MIDNIGHT_MS,
        span: { fromMs: OPEN_MS, untilMs: CLOSE_MS, max: 25 },
      },
      {
        title: 'is the UTC day where trading never stops',
        window: perDays(25, 1),
        assetClass: 'crypto',
        atMs: OPEN_MS,
        span: { fromMs: MIDNIGHT_MS, untilMs: MIDNIGHT_MS + DAY_MS, max: 25 },
      },
      {
        title: 'gives a day its share of a month',
        window: perDays(600, 30),
        assetClass: 'crypto',
        atMs: OPEN_MS,
        span: { fromMs: MIDNIGHT_MS, untilMs: MIDNIGHT_MS + DAY_MS, max: 20 },
      },
      {
        title: 'gives a trading day more of it',
        window: perDays(600, 30),
        assetClass: 'stock',
        atMs: OPEN_MS,
        span: { fromMs: OPEN_MS, untilMs: CLOSE_MS, max: 28 },
      },
      {
        title: 'gives every day one at least',
        window: perDays(10, 30),
        assetClass: 'crypto',
        atMs: OPEN_MS,
        span: { fromMs: MIDNIGHT_MS, untilMs: MIDNIGHT_MS + DAY_MS, max: 1 },
      },
    ],
  )('$title', ({ window, assetClass, atMs, span }) => {
    expect(spanOf(window, assetClass, atMs)).toEqual(span);
  });
});

/** When requests leave (Unix ms) that are tried at these moments. */
function leftAt(triesAtMs: readonly number[], span: Span, burstShare: number): number[] {
  let pace: Pace | null = null;
  const left: number[] = [];
  for (const atMs of triesAtMs) {
    const now: Pace = paceIn(pace, span);
    if (paceDueAtMs(now, 1, atMs, span, burstShare) > atMs) continue;
    left.push(atMs);
    pace = paceAfter(now, 1, atMs, span);
  }
  return left;
}

function every(stepMs: number, fromMs: number, untilMs: number): number[] {
  return Array.from({ length: Math.ceil((untilMs - fromMs) / stepMs) }, (_, i) => fromMs + i * stepMs);
}

describe('the pace', () => {
  const span: Span = { fromMs: OPEN_MS, untilMs: OPEN_MS + 10 * HOUR_MS, max: 10 };

  test('under a backlog is even, from the first moment to one gap before the last', () => {
    const left = leftAt(every(60_000, span.fromMs, span.untilMs), span, 0);
    expect(left).toEqual(every(HOUR_MS, span.fromMs, span.untilMs));
  });

  test('lets its tenth go first, and spreads the rest', () => {
    const left = leftAt(every(60_000, span.fromMs, span.untilMs), span, 0.1);
    expect(left).toHaveLength(10);
    expect(left.slice(0, 2)).toEqual([OPEN_MS, OPEN_MS + 60_000]);
    expect(left[2]).toBe(OPEN_MS + HOUR_MS);
  });

  test('spreads what a quiet time left over, and does not make up for it at once', () => {
    const lateMs = span.untilMs - 2 * HOUR_MS;
    const left = leftAt(every(60_000, lateMs, span.untilMs), span, 0);
    expect(left).toHaveLength(10);
    expect(left[1]).toBe(lateMs + 12 * 60_000);
  });

  test('never lets more go than the span allows, nor more than one gap’s worth and the burst at once', () => {
    const anyTries = fc.array(fc.nat(10 * HOUR_MS - 1), { maxLength: 300 });
    fc.assert(
      fc.property(anyTries, fc.integer({ min: 1, max: 40 }), (tries, max) => {
        const some: Span = { ...span, max };
        const atMs = tries.map((offsetMs) => span.fromMs + offsetMs).sort((a, b) => a - b);
        const left = leftAt(atMs, some, 0.1);
        expect(left.length).toBeLessThanOrEqual(max);
        const moments = new Map<number, number>();
        for (const moment of left) moments.set(moment, (moments.get(moment) ?? 0) + 1);
        expect(Math.max(0, ...moments.values())).toBeLessThanOrEqual(1 + Math.floor(max * 0.1));
      }),
      { numRuns: 100 },
    );
  });
});

describe('through the gateway', () => {
  const limits = [perDays(20, 1)];

  test('what comes before its turn is refused with the moment of the next', async () => {
    const { clock, gateway } = setUp({ options: { limits }, gateway: { batching: false }, startMs: OPEN_MS });
    const asked = gateway.ask(asksFor(SYMBOLS.slice(0, 4), clock));
    await clock.advanceTo(OPEN_MS + 5_000);
    const answers = await asked;
    expect(answers.map(outcome)).toEqual(['fresh', 'fresh', 'fresh', 'refused rateLimited']);
    const [last] = answers.slice(-1);
    const gapMs = (CLOSE_MS - OPEN_MS) / 20;
    expect(last).toMatchObject({ failure: { retryAfterMs: gapMs } });
    expect(gateway.health()[0]?.quotas).toEqual([
      { max: 20, windowMs: DAY_MS, used: 3, nextAtMs: OPEN_MS + gapMs },
    ]);
  });

  test('switched off, the allowance is spent as it is asked for', async () => {
    const { clock, gateway } = setUp({
      options: { limits },
      gateway: { batching: false, pace: null },
      startMs: OPEN_MS,
    });
    const asked = gateway.ask(asksFor(SYMBOLS, clock));
    await clock.advanceTo(OPEN_MS + 5_000);
    expect((await asked).map(outcome)).toEqual(SYMBOLS.map(() => 'fresh'));
    expect(gateway.health()[0]?.quotas).toMatchObject([{ used: SYMBOLS.length, nextAtMs: null }]);
  });
});

test('one at a time means one at a time', async () => {
  let underWay = 0;
  let most = 0;
  const { clock, gateway, http } = setUp({
    options: { concurrency: 1 },
    gateway: { batching: false },
    answer: () => {
      underWay += 1;
      most = Math.max(most, underWay);
      clock.at(clock.nowMs() + 99, () => {
        underWay -= 1;
      });
      return { delayMs: 100, body: {} };
    },
  });
  const asked = gateway.ask(asksFor(SYMBOLS, clock));
  await clock.advanceTo(clock.nowMs() + 5_000);
  await asked;
  expect([most, http.seen.length]).toEqual([1, SYMBOLS.length]);
});
