import type { Clock } from '../core/clock.ts';
import { sleepUntil } from './sleep.ts';

/** Longer waits overflow a Node timer, which would then fire at once. */
const TIMER_MS_MAX = 2 ** 31 - 1;

/** The machine's clock. */
export function createSystemClock(): Clock {
  const clock: Clock = {
    nowMs: () => Date.now(),
    elapsedMs: () => performance.now(),
    at: (atMs, run) => {
      let timer: NodeJS.Timeout;
      const arm = (): void => {
        const waitMs = atMs - Date.now();
        timer = waitMs > TIMER_MS_MAX ? setTimeout(arm, TIMER_MS_MAX) : setTimeout(fire, Math.max(0, waitMs));
      };
      // A timer counts in another clock and may fire a moment before Date.now() has got there.
      const fire = (): void => {
        if (Date.now() < atMs) arm();
        else run();
      };
      arm();
      return () => clearTimeout(timer);
    },
    sleepUntil: (atMs, signal) => sleepUntil(clock, atMs, signal),
  };
  return clock;
}
