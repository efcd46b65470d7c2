import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { failure } from '../core/failure.ts';
import { type LimitState, type LimitWindow, NO_LIMIT_STATE } from '../core/source.ts';
import { createSeededRandom } from '../platform/seeded-random.ts';
import { type Exchange, heldBack, type Job } from './job.ts';
import { RateLimit } from './rate-limit.ts';
import { toyQuotes } from './toy-source.testing.ts';
import { uncertaintyMsOf } from './window-count.ts';

const START_MS = Date.UTC(2026, 0, 5, 15, 0, 13, 7);

function jobOf(weight: number): Job {
  const request = { method: 'GET' as const, url: 'https://toy.test/', headers: {}, body: null };
  return { endpoint: toyQuotes, flights: [], request, weight };
}

function exchanged(sentAtMs: number, change: Partial<Exchange> = {}): Exchange {
  return {
    ...heldBack(jobOf(1), failure('noData', ''), sentAtMs),
    failure: null,
    fate: 'answered',
    ...change,
  };
}

function said(state: Partial<LimitState>): Pick<Exchange, 'limitState'> {
  return { limitState: { ...NO_LIMIT_STATE, ...state } };
}

type Sent = { readonly atMs: number; readonly weight: number };

type Plan = {
  readonly weight: number;
  /** From the request before, in ms. */
  readonly pauseMs?: number;
  /** Instead: around the next border of this window, in units of its uncertainty. */
  readonly nearBorder?: { readonly windowMs: number; readonly offset: number } | null;
};

/** Sends each request as early as allowed and tells when it left. */
function sendAll(limit: RateLimit, plans: readonly Plan[]): Sent[] {
  let nowMs = START_MS;
  return plans.map(({ weight, pauseMs = 0, nearBorder = null }) => {
    nowMs += pauseMs;
    if (nearBorder !== null) {
      const { windowMs, offset } = nearBorder;
      const borderMs = Math.ceil(nowMs / windowMs) * windowMs;
      nowMs = Math.max(nowMs, Math.floor(borderMs + offset * uncertaintyMsOf(windowMs)));
    }
    const job = jobOf(weight);
    for (let verdict = limit.check(job, nowMs); verdict.kind !== 'go'; verdict = limit.check(job, nowMs)) {
      if (verdict.kind === 'refuse' || verdict.untilMs <= nowMs) throw new Error(JSON.stringify(verdict));
      nowMs = verdict.untilMs;
    }
    limit.leave(job, nowMs);
    limit.back(job, exchanged(nowMs), nowMs);
    return { atMs: nowMs, weight };
  });
}

/** The largest weight that a provider finds in any of its windows, counted afresh for each. */
function mostInWindow({ windowMs, counting }: LimitWindow, arrivals: readonly Sent[]): number {
  const inWindow = (a: Sent, b: Sent): boolean =>
    counting === 'sliding'
      ? b.atMs >= a.atMs && b.atMs < a.atMs + windowMs
      : Math.floor(a.atMs / windowMs) === Math.floor(b.atMs / windowMs);
  const sums = arrivals.map((a) => arrivals.reduce((sum, b) => sum + (inWindow(a, b) ? b.weight : 0), 0));
  return Math.max(0, ...sums);
}

const anyWindow: fc.Arbitrary<LimitWindow> = fc.record({
  max: fc.integer({ min: 5, max: 30 }),
  windowMs: fc.constantFrom(1_000, 5_000, 60_000, 3_600_000),
  counting: fc.constantFrom('fixed', 'sliding'),
});
const anyRequest = fc.record({
  weight: fc.integer({ min: 1, max: 5 }),
  pauseMs: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, fc.nat(2_000), fc.nat(100_000)),
  nearBorder: fc.option(
    fc.record({
      windowMs: fc.constantFrom(1_000, 5_000, 60_000),
      offset: fc.double({ min: -1.5, max: 1.5, noNaN: true }),
    }),
    { freq: 3 },
  ),
  /** Share of the uncertainty that passes until the provider counts. */
  lateness: fc.double({ min: 0, max: 1, noNaN: true }),
});

describe('no window ever holds more than its provider allows', () => {
  test('whatever is sent, weighed, delayed and counted in several windows at once', () => {
    const anyPlan = fc.record({
      windows: fc.array(anyWindow, { minLength: 1, maxLength: 3 }),
      requests: fc.array(anyRequest, { minLength: 1, maxLength: 80 }),
      skew: fc.double({ min: -1, max: 0, noNaN: true }),
    });
    fc.assert(
      fc.property(anyPlan, ({ windows, requests, skew }) => {
        const limit = new RateLimit(windows, createSeededRandom('model'));
        const sent = sendAll(limit, requests);
        for (const window of windows) {
          const uncertaintyMs = uncertaintyMsOf(window.windowMs);
          const skewMs = window.counting === 'fixed' ? skew * uncertaintyMs : 0;
          const arrivals = sent.map(({ atMs, weight }, i) => ({
            atMs: atMs + skewMs + (requests[i]?.lateness ?? 0) * uncertaintyMs,
            weight,
          }));
          expect(mostInWindow(window, arrivals)).toBeLessThanOrEqual(window.max);
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe('under a backlog nine tenths of the allowance are used', () => {
  test.each<LimitWindow>([
    { max: 10, windowMs: 1_000, counting: 'sliding' },
    { max: 10, windowMs: 1_000, counting: 'fixed' },
    { max: 200, windowMs: 60_000, counting: 'sliding' },
    { max: 200, windowMs: 60_000, counting: 'fixed' },
    { max: 25, windowMs: 86_400_000, counting: 'fixed' },
  ])('$max per $windowMs ms, $counting', (window) => {
    const limit = new RateLimit([window], createSeededRandom('backlog'));
    const windows = 20;
    const backlog = Array.from({ length: window.max * (windows + 1) }, () => ({ weight: 1 }));
    const sent = sendAll(limit, backlog);
    const inTime = sent.filter(({ atMs }) => atMs < START_MS + windows * window.windowMs);
    expect(inTime.length / (window.max * windows)).toBeGreaterThanOrEqual(0.9);
  });
});

describe('what the provider says of its count', () => {
  const PER_MINUTE: LimitWindow = { max: 100, windowMs: 60_000, counting: 'sliding' };

  function roomAfter(state: Partial<LimitState>, windows: readonly LimitWindow[] = [PER_MINUTE]): number {
    const limit = new RateLimit(windows, createSeededRandom('room'));
    const job = jobOf(1);
    limit.leave(job, START_MS);
    limit.back(job, exchanged(START_MS, said(state)), START_MS + 100);
    let room = 0;
    for (; limit.check(job, START_MS + 100).kind === 'go'; room += 1) limit.leave(job, START_MS + 100);
    return room;
  }

  test.each<{ title: string; state: Partial<LimitState>; room: number }>([
    { title: 'nothing', state: {}, room: 99 },
    { title: 'that others use the same key', state: { remaining: 30 }, room: 30 },
    { title: 'how much is used', state: { used: 95 }, room: 5 },
    { title: 'that more is left than we counted: ours stands', state: { remaining: 1_000 }, room: 99 },
    {
      title: 'that all is used until a moment',
      state: { remaining: 0, resetAtMs: START_MS + 9_000 },
      room: 0,
    },
    { title: 'a use below zero, as Binance once did', state: { used: -1 }, room: 99 },
  ])('$title', ({ state, room }) => {
    expect(roomAfter(state)).toBe(room);
  });

  test('belongs to the window of that size, not to the others', () => {
    const day: LimitWindow = { max: 1_000, windowMs: 86_400_000, counting: 'fixed' };
    expect(roomAfter({ max: 1_000, remaining: 900 }, [PER_MINUTE, day])).toBe(99);
    expect(roomAfter({ max: 1_000, remaining: 7 }, [PER_MINUTE, day])).toBe(7);
  });

  test('belongs to the shortest window that its reset lies in, where the size is not said', () => {
    const day: LimitWindow = { max: 50, windowMs: 86_400_000, counting: 'sliding' };
    expect(roomAfter({ remaining: 20, resetAtMs: START_MS + 3_600_000 }, [PER_MINUTE, day])).toBe(20);
    expect(roomAfter({ remaining: 40, resetAtMs: START_MS + 30_000 }, [PER_MINUTE, day])).toBe(40);
  });

  test('about a window that is over does not starve the next', () => {
    const fixed: LimitWindow = { ...PER_MINUTE, counting: 'fixed' };
    const limit = new RateLimit([fixed], createSeededRandom('border'));
    const borderMs = Math.ceil(START_MS / 60_000) * 60_000;
    const job = jobOf(1);
    limit.leave(job, borderMs - 3_000);
    limit.back(job, exchanged(borderMs - 3_000, said({ remaining: 0 })), borderMs + 1_500);
    expect(limit.check(job, borderMs + 1_500)).toEqual({ kind: 'go' });
  });
});

describe('a refusal', () => {
  const OPEN: LimitWindow = { max: 1_000_000, windowMs: 1_000, counting: 'sliding' };

  /** Milliseconds of silence after each of `count` refusals in a row, each found out by one request. */
  function silences(kind: 'limit' | 'quota', count: number, statedMs: number | null): number[] {
    const limit = new RateLimit([OPEN], { next: () => 0 });
    let nowMs = START_MS;
    return Array.from({ length: count }, () => {
      const job = jobOf(1);
      limit.leave(job, nowMs);
      limit.back(job, exchanged(nowMs, { failure: failure(kind, 'no', statedMs) }), nowMs);
      const verdict = limit.check(job, nowMs);
      if (verdict.kind !== 'wait') throw new Error('expected a pause');
      const silenceMs = verdict.untilMs - nowMs;
      nowMs = verdict.untilMs;
      expect(limit.check(job, nowMs)).toEqual({ kind: 'go' });
      return silenceMs;
    });
  }

  test.each<{ title: string; kind: 'limit' | 'quota'; statedMs: number | null; expected: number[] }>([
    { title: 'is obeyed to the millisecond', kind: 'limit', statedMs: 7_000, expected: [7_000] },
    { title: 'of three days is obeyed', kind: 'limit', statedMs: 259_200_000, expected: [259_200_000] },
    { title: 'for a year is not', kind: 'limit', statedMs: 31_536_000_000, expected: [604_800_000] },
    {
      title: 'without a time doubles the pause',
      kind: 'limit',
      statedMs: null,
      expected: [1_000, 2_000, 4_000, 8_000],
    },
    {
      title: 'that states too little, again and again, doubles it too',
      kind: 'limit',
      statedMs: 10,
      expected: [10, 2_000, 4_000],
    },
    {
      title: 'of a quota waits in minutes',
      kind: 'quota',
      statedMs: null,
      expected: [300_000, 600_000, 1_200_000],
    },
  ])('$title', ({ kind, statedMs, expected }) => {
    expect(silences(kind, expected.length, statedMs)).toEqual(expected);
  });

  test('pauses up to a cap', () => {
    expect(silences('limit', 30, null).at(-1)).toBe(300_000);
    expect(silences('quota', 30, null).at(-1)).toBe(4 * 3_600_000);
  });

  test('of many requests under way at once counts once', () => {
    const limit = new RateLimit([OPEN], { next: () => 0 });
    const jobs = Array.from({ length: 20 }, () => jobOf(1));
    for (const job of jobs) limit.leave(job, START_MS);
    for (const job of jobs)
      limit.back(job, exchanged(START_MS, { failure: failure('limit', 'no') }), START_MS + 50);
    expect(limit.check(jobOf(1), START_MS + 50)).toMatchObject({ kind: 'wait', untilMs: START_MS + 1_050 });
  });

  test('is followed by one request that finds out; the others wait for its answer', () => {
    const limit = new RateLimit([OPEN], { next: () => 0 });
    const job = jobOf(1);
    limit.leave(job, START_MS);
    limit.back(job, exchanged(START_MS, { failure: failure('limit', 'no', 500) }), START_MS);
    const probeMs = START_MS + 500;
    limit.leave(job, probeMs);
    expect(limit.check(job, probeMs)).toMatchObject({ kind: 'wait', untilMs: Number.POSITIVE_INFINITY });
    limit.back(job, exchanged(probeMs), probeMs + 40);
    expect(limit.check(job, probeMs + 40)).toEqual({ kind: 'go' });
  });
});

test('a request that weighs more than a window allows is refused, not kept waiting for ever', () => {
  const limit = new RateLimit([{ max: 4, windowMs: 1_000, counting: 'fixed' }], createSeededRandom('heavy'));
  expect(limit.check(jobOf(5), START_MS)).toMatchObject({ kind: 'refuse', failure: { kind: 'rateLimited' } });
});
