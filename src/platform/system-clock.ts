import type { Clock } from '../core/clock.ts';
import { sleepUntil } from './sleep.ts';

/** So often whoever waits looks at the clock again: it may have been set, and a timer counts on regardless. */
const LOOK_EVERY_MS = 1_000;
/** A wait that has taken so much longer than it was to take is over: the clock was set back meanwhile. */
const SET_BACK_MS = 100;

/** The machine's clock. */
export function createSystemClock(): Clock {
  const clock: Clock = {
    nowMs: () => Date.now(),
    elapsedMs: () => performance.now(),
    at: (atMs, run) => {
      const overAtMs = performance.now() + Math.max(0, atMs - Date.now()) + SET_BACK_MS;
      let timer: NodeJS.Timeout;
      const arm = (): void => {
        timer = setTimeout(look, Math.max(0, Math.min(LOOK_EVERY_MS, atMs - Date.now())));
      };
      // A timer counts in another clock and may fire a moment before Date.now() has got there.
      const look = (): void => {
        if (Date.now() < atMs && performance.now() < overAtMs) arm();
        else run();
      };
      arm();
      return () => clearTimeout(timer);
    },
    sleepUntil: (atMs, signal) => sleepUntil(clock, atMs, signal),
  };
  return clock;
}
