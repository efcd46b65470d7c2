import type { Clock } from '../core/clock.ts';
import { sleepUntil } from './sleep.ts';
import { WakeUps } from './wake-ups.ts';

/** A clock that stands still until it is told to go on: for tests and for the simulator. */
export type VirtualClock = Clock & {
  /**
   * Runs everything due up to `atMs` in order of time, then of asking, and lets every promise settle before the next
   * one is run; then it is `atMs`. Throws RangeError when that lies in the past.
   */
  advanceTo(atMs: number): Promise<void>;
  /** When something is due next (Unix ms); null when nothing waits. */
  nextAtMs(): number | null;
};

export function createVirtualClock(startAtMs: number): VirtualClock {
  const wakeUps = new WakeUps();
  let nowMs = startAtMs;

  const clock: VirtualClock = {
    nowMs: () => nowMs,
    elapsedMs: () => nowMs - startAtMs,
    at: (atMs, run) => wakeUps.add(Math.max(atMs, nowMs), run),
    sleepUntil: (atMs, signal) => sleepUntil(clock, atMs, signal),
    nextAtMs: () => wakeUps.nextAtMs(),
    advanceTo: async (atMs) => {
      if (atMs < nowMs) throw new RangeError(`time cannot go back from ${nowMs} to ${atMs}`);
      await settled();
      for (let due = wakeUps.takeDue(atMs); due !== null; due = wakeUps.takeDue(atMs)) {
        nowMs = due.atMs;
        due.run();
        await settled();
      }
      nowMs = atMs;
    },
  };
  return clock;
}

/** An immediate runs when the queue of microtasks is empty, however long the chains of promises in it were. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
