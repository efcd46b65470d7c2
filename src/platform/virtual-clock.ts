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
      await othersHadTheirTurn();
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

/** One turn of the event loop: signals and sockets of this process are not starved by time that flies. */
function othersHadTheirTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/**
 * A tick that is asked for by a microtask runs when the queue of microtasks is empty, however long the chains of promises
 * in it were. An immediate would do so as well, at the price of a turn of the event loop for every wake-up.
 */
function settled(): Promise<void> {
  return new Promise((resolve) => process.nextTick(resolve));
}
