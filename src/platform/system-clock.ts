import type { Clock } from '../core/clock.ts';
import { sleepUntil } from './sleep.ts';

/** So often whoever waits looks at the clock again: it may have been set, and a timer counts on regardless. */
const LOOK_EVERY_MS = 1_000;
/** Whoever is woken later than this was kept waiting by this process itself. */
const BUSY_MS = 5;
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
      let afterReading: NodeJS.Immediate | undefined;
      const arm = (): void => {
        timer = setTimeout(look, Math.max(0, Math.min(LOOK_EVERY_MS, atMs - Date.now())));
      };
      // A timer counts in another clock and may fire a moment before Date.now() has got there.
      const look = (): void => {
        const nowMs = Date.now();
        if (nowMs < atMs && performance.now() < overAtMs) arm();
        // An answer that came in time is read first: to whoever waits for it, it is not late.
        else if (nowMs - atMs > BUSY_MS) afterReading = setImmediate(run);
        else run();
      };
      arm();
      return () => {
        clearTimeout(timer);
        clearImmediate(afterReading);
      };
    },
    sleepUntil: (atMs, signal) => sleepUntil(clock, atMs, signal),
  };
  return clock;
}
