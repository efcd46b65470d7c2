import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { failure } from '../core/failure.ts';
import type { LimitWindow } from '../core/source.ts';
import { createSeededRandom } from '../platform/seeded-random.ts';
import { createVirtualClock } from '../platform/virtual-clock.ts';
import { Connections } from './connections.ts';
import { Departures } from './departures.ts';
import { heldBack, type Job } from './job.ts';
import { ProviderClock } from './provider-clock.ts';
import { RateLimit } from './rate-limit.ts';
import { toyFlight, toyQuotes } from './toy-source.testing.ts';

const START_MS = Date.UTC(2026, 0, 5, 15);

function jobOf(name: string, withinMs: number, weight = 1): Job {
  const request = { method: 'GET' as const, url: name, headers: {}, body: null };
  const flight = toyFlight('AAPL', START_MS + withinMs);
  return { endpoint: toyQuotes, flights: [flight], request, weight };
}

/** A queue before a source that answers each request after `tookMs`; `log` says what happened when. */
function setUp(windows: readonly LimitWindow[], { connectionsMax = 100, queueMax = 100, tookMs = 0 } = {}) {
  const clock = createVirtualClock(START_MS);
  const limit = new RateLimit(windows, createSeededRandom('departures'));
  const departures = new Departures({
    clock,
    time: new ProviderClock(clock, (move, nowMs) => limit.moved(move, nowMs)),
    limit,
    queueMax,
  });
  const guards = [limit, new Connections(connectionsMax)];
  const log: { name: string; atMs: number; end: string }[] = [];
  const enter = async (job: Job): Promise<void> => {
    const refusal = await departures.enter(job, guards);
    log.push({ name: job.request.url, atMs: clock.elapsedMs(), end: refusal?.kind ?? 'left' });
    if (refusal !== null) return;
    await clock.sleepUntil(clock.nowMs() + tookMs);
    const exchange = heldBack(job, failure('noData', ''), clock.nowMs());
    departures.back(job, { ...exchange, failure: null, fate: 'answered' }, guards);
  };
  return { clock, departures, guards, log, enter };
}

const TWO_PER_SECOND: LimitWindow = { max: 2, windowMs: 1_000, counting: 'sliding' };

describe('the queue', () => {
  test('lets the most urgent leave first, those of equal urgency in order', async () => {
    const { clock, log, enter } = setUp([TWO_PER_SECOND]);
    for (const [name, withinMs] of [
      ['a', 9_000],
      ['b', 9_000],
      ['late', 9_000],
      ['soon', 5_000],
      ['later', 9_000],
    ] as const) {
      void enter(jobOf(name, withinMs));
    }
    await clock.advanceTo(START_MS + 10_000);
    expect(log.map(({ name }) => name)).toEqual(['a', 'b', 'soon', 'late', 'later']);
    expect(log.every(({ end }) => end === 'left')).toBe(true);
  });

  test('refuses at once what cannot leave in time, and says how long it would have waited', async () => {
    const { clock, log, departures, guards, enter } = setUp([TWO_PER_SECOND]);
    void enter(jobOf('a', 3_000));
    void enter(jobOf('b', 3_000));
    expect(await departures.enter(jobOf('c', 500), guards)).toMatchObject({
      kind: 'rateLimited',
      retryAfterMs: 1_092,
    });
    await clock.advanceTo(START_MS + 1);
    expect(log.map(({ name }) => name)).toEqual(['a', 'b']);
  });

  test('refuses at once what stands behind more than can leave in time', async () => {
    const { clock, log, enter } = setUp([TWO_PER_SECOND]);
    for (let i = 0; i < 30; i += 1) void enter(jobOf(`${i}`, 3_000));
    await clock.advanceTo(START_MS);
    const refusedAtOnce = log.filter(({ end }) => end === 'rateLimited').length;
    await clock.advanceTo(START_MS + 10_000);
    expect(refusedAtOnce).toBeGreaterThanOrEqual(20);
    expect(log.filter(({ end }) => end === 'left')).toHaveLength(6);
  });

  test('is bounded', async () => {
    const { log, enter, clock } = setUp([], { connectionsMax: 1, queueMax: 3, tookMs: 100 });
    for (let i = 0; i < 6; i += 1) void enter(jobOf(`${i}`, 3_000));
    await clock.advanceTo(START_MS);
    expect(log).toEqual([
      { name: '0', atMs: 0, end: 'left' },
      { name: '4', atMs: 0, end: 'rateLimited' },
      { name: '5', atMs: 0, end: 'rateLimited' },
    ]);
  });

  test('waits for a connection until the deadline and not beyond', async () => {
    const { clock, log, enter } = setUp([], { connectionsMax: 1, tookMs: 1_000 });
    for (const [name, withinMs] of [
      ['a', 3_000],
      ['b', 3_000],
      ['c', 1_999],
    ] as const)
      void enter(jobOf(name, withinMs));
    void enter(jobOf('d', 900));
    await clock.advanceTo(START_MS + 10_000);
    expect(log).toEqual([
      { name: 'a', atMs: 0, end: 'left' },
      { name: 'd', atMs: 900, end: 'deadline' },
      { name: 'c', atMs: 1_000, end: 'left' },
      { name: 'b', atMs: 2_000, end: 'left' },
    ]);
  });

  test('keeps one wake-up however many wait, and none when nobody does', async () => {
    const { clock, enter } = setUp([TWO_PER_SECOND]);
    let wakeUps = 0;
    const at = clock.at.bind(clock);
    Object.assign(clock, {
      at: (atMs: number, run: () => void) => {
        wakeUps += 1;
        return at(atMs, run);
      },
    });
    for (let i = 0; i < 60; i += 1) void enter(jobOf(`${i}`, 60_000));
    expect(wakeUps).toBe(1);
    await clock.advanceTo(START_MS + 60_000);
    expect(clock.nextAtMs()).toBeNull();
  });
});

test('who cannot wait for company ends the gathering', async () => {
  const { clock, log, enter } = setUp([{ max: 6, windowMs: 1_000, counting: 'sliding' }]);
  void enter(jobOf('first', 10, 6));
  void enter(jobOf('refused', 10));
  clock.at(START_MS + 1_200, () => void enter(jobOf('patient', 1_900)));
  clock.at(START_MS + 1_210, () => void enter(jobOf('urgent', 1_220)));
  await clock.advanceTo(START_MS + 3_000);
  expect(log).toEqual([
    { name: 'first', atMs: 0, end: 'left' },
    { name: 'refused', atMs: 0, end: 'rateLimited' },
    { name: 'patient', atMs: 1_210, end: 'left' },
    { name: 'urgent', atMs: 1_210, end: 'left' },
  ]);
});

test('nothing leaves after its deadline, and all are told by then', () => {
  const anyJob = fc.record({
    askedMs: fc.nat(3_000),
    withinMs: fc.integer({ min: 1, max: 4_000 }),
    weight: fc.integer({ min: 1, max: 3 }),
  });
  const anySetup = fc.record({ connectionsMax: fc.integer({ min: 1, max: 5 }), tookMs: fc.nat(700) });
  return fc.assert(
    fc.asyncProperty(fc.array(anyJob, { maxLength: 40 }), anySetup, async (jobs, setup) => {
      const { clock, log, enter } = setUp([{ max: 6, windowMs: 1_000, counting: 'fixed' }], setup);
      const deadlineMs = jobs.map(({ askedMs, withinMs }) => askedMs + withinMs);
      jobs.forEach(({ askedMs, weight }, i) => {
        clock.at(START_MS + askedMs, () => void enter(jobOf(`${i}`, deadlineMs[i] ?? 0, weight)));
      });
      await clock.advanceTo(START_MS + 10_000);
      expect(log).toHaveLength(jobs.length);
      for (const { name, atMs, end } of log) {
        const dueMs = deadlineMs[Number(name)] ?? 0;
        expect(end === 'left' ? atMs < dueMs : atMs <= dueMs).toBe(true);
      }
    }),
    { numRuns: 60 },
  );
});
