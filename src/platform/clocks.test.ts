import { once } from 'node:events';
import { MessageChannel } from 'node:worker_threads';
import fc from 'fast-check';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { createSteppedClock } from './stepped-clock.ts';
import { createSystemClock } from './system-clock.ts';
import { createVirtualClock } from './virtual-clock.ts';
import { WakeUps } from './wake-ups.ts';

const START_MS = Date.UTC(2026, 0, 5, 15);

const realMs = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describe('wake-ups', () => {
  test('come in order of time, then of asking, without the cancelled ones', () => {
    const anyWakeUp = fc.record({ atMs: fc.nat(20), isCancelled: fc.boolean() });
    fc.assert(
      fc.property(fc.array(anyWakeUp, { maxLength: 60 }), (plan) => {
        const wakeUps = new WakeUps();
        const ran: number[] = [];
        const cancels = plan.map(({ atMs }, i) => wakeUps.add(atMs, () => ran.push(i)));
        plan.forEach(({ isCancelled }, i) => {
          if (isCancelled) cancels[i]?.();
        });
        for (let due = wakeUps.takeDue(20); due !== null; due = wakeUps.takeDue(20)) due.run();
        const expected = plan
          .map(({ atMs, isCancelled }, i) => ({ atMs, isCancelled, i }))
          .filter(({ isCancelled }) => !isCancelled)
          .sort((a, b) => a.atMs - b.atMs || a.i - b.i);
        expect(ran).toEqual(expected.map(({ i }) => i));
        expect(wakeUps.nextAtMs()).toBeNull();
      }),
    );
  });
});

describe('the virtual clock', () => {
  test('runs what is due in order and lets promises settle in between', async () => {
    const clock = createVirtualClock(START_MS);
    const log: string[] = [];
    clock.at(START_MS + 20, () => log.push(`b at ${clock.elapsedMs()}`));
    clock.at(START_MS + 10, () => {
      void Promise.resolve()
        .then(() => {})
        .then(() => log.push(`after a at ${clock.elapsedMs()}`));
      clock.at(START_MS + 15, () => log.push(`asked by a at ${clock.elapsedMs()}`));
    });
    clock.at(START_MS + 99, () => log.push('too late'));
    await clock.advanceTo(START_MS + 50);
    expect(log).toEqual(['after a at 10', 'asked by a at 15', 'b at 20']);
    expect(clock.nowMs()).toBe(START_MS + 50);
    expect(clock.nextAtMs()).toBe(START_MS + 99);
  });

  test('refuses to go back', async () => {
    const clock = createVirtualClock(START_MS);
    await expect(clock.advanceTo(START_MS - 1)).rejects.toThrow(RangeError);
  });

  test('a sleep ends at its time, at once when that has passed, or early when cancelled', async () => {
    const clock = createVirtualClock(START_MS);
    const cancel = new AbortController();
    const woke: string[] = [];
    const note = (name: string) => () => woke.push(`${name} ${clock.elapsedMs()}`);
    void clock.sleepUntil(START_MS - 5).then(note('past'));
    void clock.sleepUntil(START_MS + 30).then(note('due'));
    void clock.sleepUntil(START_MS + 90, cancel.signal).then(note('cancelled'));
    void clock.sleepUntil(START_MS + 90, AbortSignal.abort()).then(note('never began'));
    clock.at(START_MS + 20, () => cancel.abort());
    await clock.advanceTo(START_MS + 40);
    expect(woke).toEqual(['past 0', 'never began 0', 'cancelled 20', 'due 30']);
    expect(clock.nextAtMs()).toBeNull();
  });
});

describe('the stepped clock', () => {
  test('flows within a cycle and stops before the next slot', async () => {
    const clock = createSteppedClock({ startAtMs: START_MS, cycleMs: 40 });
    expect(clock.nowMs()).toBe(START_MS);
    await realMs(20);
    expect(clock.nowMs()).toBeGreaterThanOrEqual(START_MS + 15);
    await realMs(60);
    expect(clock.nowMs()).toBe(START_MS + 39);
  });

  test('wakes within the cycle in real time, beyond it at the jump, in order', async () => {
    const clock = createSteppedClock({ startAtMs: START_MS, cycleMs: 40 });
    const woke: string[] = [];
    clock.at(START_MS + 5_000, () => woke.push('at the jump'));
    clock.at(START_MS + 200, () => woke.push('skipped over'));
    clock.at(START_MS + 10, () => woke.push('within'));
    clock.at(START_MS + 12, () => woke.push('cancelled'))();
    clock.at(START_MS + 5_001, () => woke.push('within the next'));
    await realMs(80);
    expect(woke).toEqual(['within']);
    clock.jumpTo(START_MS + 5_000);
    expect(woke).toEqual(['within', 'skipped over', 'at the jump']);
    await realMs(20);
    expect(woke.at(-1)).toBe('within the next');
    expect(() => clock.jumpTo(START_MS)).toThrow(RangeError);
  });

  test('has as much elapse as it tells, over jumps and leaps', async () => {
    const clock = createSteppedClock({ startAtMs: START_MS, cycleMs: 60_000, leaps: true });
    const apart = (): number => clock.elapsedMs() - (clock.nowMs() - START_MS);
    await clock.sleepUntil(START_MS + 20_000);
    expect(apart()).toBeLessThanOrEqual(1);
    clock.jumpTo(START_MS + 300_000);
    expect(apart()).toBeLessThanOrEqual(1);
    expect(clock.elapsedMs()).toBeGreaterThanOrEqual(300_000);
  });

  test('that leaps wastes no real time on waiting, unless something real is awaited', async () => {
    const clock = createSteppedClock({ startAtMs: START_MS, cycleMs: 60_000, leaps: true });
    const log: string[] = [];
    const note = (name: string) => () => log.push(`${name} at ${clock.nowMs() - START_MS >= 10_000}`);
    const answered = clock.hold();
    void clock.sleepUntil(START_MS + 10_000).then(note('deadline'));
    await realMs(20);
    expect(log).toEqual([]);
    void clock.sleepUntil(START_MS + 5_000).then(note('before'));
    answered();
    await clock.sleepUntil(START_MS + 20_000);
    expect(log).toEqual(['before at false', 'deadline at true']);
    expect(clock.elapsedMs()).toBeGreaterThan(0);
    clock.at(START_MS + 60_000, note('beyond the slot'));
    await realMs(20);
    expect(clock.nowMs()).toBeLessThan(START_MS + 60_000);
    expect(log).toHaveLength(2);
  });
});

describe('the system clock', () => {
  afterEach(() => vi.useRealTimers());

  test('never wakes early', async () => {
    const clock = createSystemClock();
    const dueMs = Array.from({ length: 20 }, (_, i) => clock.nowMs() + i);
    const earlyMs = await Promise.all(
      dueMs.map((atMs) => clock.sleepUntil(atMs).then(() => atMs - clock.nowMs())),
    );
    expect(Math.max(...earlyMs)).toBeLessThanOrEqual(0);
  });

  test('lets in first what has come while this process was busy', async () => {
    const { port1, port2 } = new MessageChannel();
    const order: string[] = [];
    const read = once(port1, 'message').then(() => order.push('read'));
    // From here on the event loop looks at its timers before it reads.
    await new Promise((resolve) => setImmediate(resolve));
    const woken = new Promise<void>((resolve) => {
      createSystemClock().at(Date.now() + 5, () => {
        order.push('woken');
        resolve();
      });
    });
    port2.postMessage('answer');
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 40);
    await Promise.all([read, woken]);
    port1.close();
    expect(order).toEqual(['read', 'woken']);
  });

  test('needs one timer for all of one moment, and none once all are gone', () => {
    vi.useFakeTimers({ now: START_MS });
    const clock = createSystemClock();
    const woken: string[] = [];
    const cancels = ['a', 'b', 'c', 'd'].map((name) => clock.at(START_MS + 50, () => woken.push(name)));
    const cancelOther = clock.at(START_MS + 60, () => woken.push('other'));
    clock.at(START_MS + 40, () => {
      cancels[1]?.();
      clock.at(START_MS + 50, () => woken.push('late comer'));
    });
    expect(vi.getTimerCount()).toBe(3);
    cancelOther();
    expect(vi.getTimerCount()).toBe(2);
    vi.advanceTimersByTime(100);
    expect(woken).toEqual(['a', 'c', 'd', 'late comer']);
    expect(vi.getTimerCount()).toBe(0);
    for (const cancel of cancels) cancel();
  });

  test('that was set back lets whoever joins a moment wait for it as long as it takes by then', () => {
    vi.useFakeTimers({ now: START_MS });
    const clock = createSystemClock();
    const wokenAtMs: number[] = [];
    const note = (): void => void wokenAtMs.push(Date.now() - START_MS);
    clock.at(START_MS + 1_000, note);
    vi.setSystemTime(START_MS - 60_000);
    clock.at(START_MS + 1_000, note);
    vi.advanceTimersByTime(120_000);
    expect(wokenAtMs.map((ms) => ms >= 1_000)).toEqual([false, true]);
  });

  test('does not take a far moment for a near one, nor run what was cancelled', async () => {
    const clock = createSystemClock();
    let runs = 0;
    const run = (): void => {
      runs += 1;
    };
    const cancelFar = clock.at(clock.nowMs() + 2 ** 33, run);
    clock.at(clock.nowMs() + 2, run)();
    await realMs(20);
    cancelFar();
    expect(runs).toBe(0);
  });

  test.each([
    { what: 'set forward', changes: [3_600_000], wokenAfterMs: 1_000 },
    { what: 'set back', changes: [-3_600_000], wokenAfterMs: 6_000 },
    { what: 'set forward and right again', changes: [3_600_000, -3_600_000], wokenAfterMs: 1_000 },
  ])('lets nobody wait longer than he was to wait when it is $what', ({ changes, wokenAfterMs }) => {
    vi.useFakeTimers({ now: START_MS });
    let woken = 0;
    createSystemClock().at(START_MS + 5_000, () => {
      woken += 1;
    });
    vi.advanceTimersByTime(10);
    expect(woken).toBe(0);
    for (const changeMs of changes) {
      vi.setSystemTime(Date.now() + changeMs);
      vi.advanceTimersByTime(wokenAfterMs);
    }
    expect(woken).toBe(1);
  });
});
