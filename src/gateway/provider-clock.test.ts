import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Clock } from '../core/clock.ts';
import { failure } from '../core/failure.ts';
import type { LimitWindow } from '../core/source.ts';
import { createSeededRandom } from '../platform/seeded-random.ts';
import { createVirtualClock } from '../platform/virtual-clock.ts';
import { type Exchange, heldBack, type Job } from './job.ts';
import { type ClockMove, dateAtMsOf, ProviderClock } from './provider-clock.ts';
import { RateLimit } from './rate-limit.ts';
import { toyQuotes } from './toy-source.testing.ts';

/** The provider's, and the world's. */
const START_MS = Date.UTC(2026, 0, 5, 15, 0, 13, 7);

const JOB: Job = {
  endpoint: toyQuotes,
  flights: [],
  request: { method: 'GET', url: 'https://toy.test/', headers: {}, body: null },
  weight: 1,
};

/** A machine whose clock is off by `offsetMs` in a world that knows better. */
function machineIn(worldNowMs: () => number) {
  const machine = { offsetMs: 0 };
  const clock: Clock = {
    ...createVirtualClock(START_MS),
    nowMs: () => worldNowMs() + machine.offsetMs,
    elapsedMs: () => worldNowMs() - START_MS,
  };
  return { machine, clock };
}

function answered(sentAtMs: number, receivedAtMs: number, dateAtMs: number | null): Exchange {
  return {
    ...heldBack(JOB, failure('noData', ''), sentAtMs),
    failure: null,
    fate: 'answered',
    receivedAtMs,
    dateAtMs,
  };
}

describe('where the provider’s clock stands', () => {
  function setUp() {
    const world = { nowMs: START_MS };
    const { machine, clock } = machineIn(() => world.nowMs);
    const moves: ClockMove[] = [];
    const time = new ProviderClock(clock, (move) => moves.push(move));
    const hear = (tookMs: number): void => {
      const sentAtMs = clock.nowMs();
      world.nowMs += tookMs;
      const dateAtMs = Math.floor(world.nowMs / 1_000) * 1_000;
      time.heard(answered(sentAtMs, clock.nowMs(), dateAtMs));
    };
    return { world, machine, time, moves, hear };
  }

  test('a clock that is right is never corrected, however slow the answers and whatever the millisecond', () => {
    const { world, moves, hear } = setUp();
    for (let i = 0; i < 500; i += 1) {
      world.nowMs += 137 * i;
      hear((i * 61) % 3_000);
    }
    expect(moves).toEqual([]);
  });

  test.each([45_000, -45_000, 2_000, -3_600_000])(
    'one that is off by %d ms shows after three answers',
    (offsetMs) => {
      const { machine, time, moves, hear, world } = setUp();
      machine.offsetMs = offsetMs;
      // Not set: it was so from the start.
      const wrong = machineIn(() => world.nowMs);
      wrong.machine.offsetMs = offsetMs;
      const found: ClockMove[] = [];
      const fromTheStart = new ProviderClock(wrong.clock, (move) => found.push(move));
      for (let i = 0; i < 3; i += 1) {
        expect(found).toEqual([]);
        const sentAtMs = wrong.clock.nowMs();
        world.nowMs += 80;
        fromTheStart.heard(answered(sentAtMs, wrong.clock.nowMs(), Math.floor(world.nowMs / 1_000) * 1_000));
      }
      expect(found).toHaveLength(1);
      expect(found[0]?.setByMs).toBe(0);
      expect(Math.abs((found[0]?.aheadMs ?? 0) + offsetMs)).toBeLessThanOrEqual(1_000);
      // One that was set shows at once.
      time.nowMs();
      expect(moves).toEqual([{ setByMs: offsetMs, aheadMs: 0 }]);
      hear(80);
      expect(Math.abs((moves[1]?.aheadMs ?? 0) + offsetMs)).toBeLessThanOrEqual(1_000);
    },
  );

  test('what was heard before outlives our clock being set', () => {
    const { machine, time, moves, hear } = setUp();
    hear(50);
    machine.offsetMs = 45_000;
    time.nowMs();
    machine.offsetMs = -7_000;
    time.nowMs();
    expect(moves).toEqual([
      { setByMs: 45_000, aheadMs: -45_000 },
      { setByMs: -52_000, aheadMs: 7_000 },
    ]);
    for (let i = 0; i < 20; i += 1) hear(50);
    expect(moves).toHaveLength(2);
  });

  test('two servers behind one address whose clocks differ do not drag it to and fro', () => {
    const { world, time, moves } = setUp();
    for (let i = 0; i < 100; i += 1) {
      world.nowMs += 400;
      const nowMs = time.nowMs();
      time.heard(answered(nowMs, nowMs, Math.floor(nowMs / 1_000) * 1_000 + (i % 2) * 3_000));
    }
    expect(moves).toEqual([]);
  });

  test('a date that stands still corrects once in ten minutes, not on and on', () => {
    const { world, time, moves } = setUp();
    for (let i = 0; i < 3_000; i += 1) {
      world.nowMs += 1_000;
      const nowMs = time.nowMs();
      time.heard(answered(nowMs, nowMs, Math.floor(START_MS / 1_000) * 1_000));
    }
    expect(moves).toHaveLength(5);
  });

  test.each([
    { headers: {}, atMs: null },
    { headers: { date: 'yesterday' }, atMs: null },
    { headers: { date: 'Mon, 05 Jan 2026 15:00:13 GMT' }, atMs: Date.UTC(2026, 0, 5, 15, 0, 13) },
    { headers: { date: 'Mon, 05 Jan 2026 15:00:13 GMT', age: '30' }, atMs: null },
  ])('$headers says $atMs', ({ headers, atMs }) => {
    expect(dateAtMsOf({ status: 200, headers, body: '', receivedAtMs: START_MS })).toBe(atMs);
  });
});

describe('whatever is done to our clock', () => {
  const anyWindow: fc.Arbitrary<LimitWindow> = fc.record({
    max: fc.integer({ min: 5, max: 20 }),
    windowMs: fc.constantFrom(10_000, 60_000),
    counting: fc.constantFrom('fixed', 'sliding'),
  });
  const anyStep = fc.record({
    afterRequests: fc.integer({ min: 3, max: 25 }),
    offsetMs: fc.oneof(
      fc.integer({ min: -90_000, max: 90_000 }),
      fc.constantFrom(-3_600_000, -45_000, 45_000, 3_600_000),
    ),
  });

  /** Of a machine that nobody has set right yet. */
  const anyOffsetMs = fc.oneof(fc.constant(0), fc.integer({ min: -90_000, max: 90_000 }));

  /** When the provider saw each request, one at a time under backlog, while the machine's clock is set again and again. */
  function arrivals(
    window: LimitWindow,
    steps: readonly { afterRequests: number; offsetMs: number }[],
    firstOffsetMs: number,
  ): number[] {
    const world = { nowMs: START_MS };
    const { machine, clock } = machineIn(() => world.nowMs);
    machine.offsetMs = firstOffsetMs;
    const limit = new RateLimit([window], createSeededRandom('clock'));
    const time = new ProviderClock(clock, (move, nowMs) => limit.moved(move, nowMs));
    const seen: number[] = [];
    for (const { afterRequests, offsetMs } of [...steps, { afterRequests: 25, offsetMs: 0 }]) {
      for (let i = 0; i < afterRequests; i += 1) {
        for (let nowMs = time.nowMs(); ; nowMs = time.nowMs()) {
          const verdict = limit.check(JOB, nowMs);
          if (verdict.kind === 'go') break;
          if (verdict.kind === 'refuse') throw new Error(verdict.failure.detail);
          world.nowMs += Math.min(1_000, Math.max(1, verdict.untilMs - nowMs));
        }
        const sentAtMs = time.nowMs();
        limit.leave(JOB, sentAtMs);
        world.nowMs += 20;
        seen.push(world.nowMs);
        const exchange = answered(sentAtMs, clock.nowMs(), Math.floor(world.nowMs / 1_000) * 1_000);
        time.heard(exchange);
        limit.back(JOB, exchange, time.nowMs());
      }
      machine.offsetMs = offsetMs;
    }
    return seen;
  }

  function mostInWindow({ windowMs, counting }: LimitWindow, seen: readonly number[]): number {
    const isIn = (a: number, b: number): boolean =>
      counting === 'sliding'
        ? b >= a && b < a + windowMs
        : Math.floor(a / windowMs) === Math.floor(b / windowMs);
    return Math.max(...seen.map((a) => seen.filter((b) => isIn(a, b)).length));
  }

  test('no window holds more than its provider allows, by the provider’s clock', () => {
    fc.assert(
      fc.property(anyWindow, fc.array(anyStep, { maxLength: 4 }), anyOffsetMs, (window, steps, offsetMs) => {
        expect(mostInWindow(window, arrivals(window, steps, offsetMs))).toBeLessThanOrEqual(window.max);
      }),
      {
        numRuns: 300,
        // Hardly more than what a header of whole seconds can tell.
        examples: [
          [{ max: 5, windowMs: 10_000, counting: 'fixed' }, [], 855],
          [{ max: 5, windowMs: 60_000, counting: 'fixed' }, [], 1_300],
        ],
      },
    );
  });

  test('nobody waits longer than two windows', () => {
    fc.assert(
      fc.property(anyWindow, fc.array(anyStep, { maxLength: 4 }), anyOffsetMs, (window, steps, offsetMs) => {
        const seen = arrivals(window, steps, offsetMs);
        const pauses = seen.slice(1).map((atMs, i) => atMs - (seen[i] ?? 0));
        expect(Math.max(...pauses)).toBeLessThanOrEqual(2 * window.windowMs + 3_000);
      }),
      { numRuns: 200 },
    );
  });
});
