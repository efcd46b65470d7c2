import { type Clock, sleepUntil } from '../../src/index.ts';
import type { Lifetime } from './lifetime.ts';

/**
 * The clock of a machine in a world that may know better. A wait is as long as it looked when it began, as with the
 * timers of a real machine: a clock that is set forward wakes nobody, one that is set back makes the waiter wait again.
 */
export function machineClock(world: Clock, offsetMs: () => number, lifetime: Lifetime): Clock {
  const nowMs = (): number => world.nowMs() + offsetMs();
  const clock: Clock = {
    nowMs,
    elapsedMs: () => world.elapsedMs(),
    at: (atMs, run) => {
      let cancel = (): void => {};
      const arm = (): void => {
        cancel = world.at(world.nowMs() + Math.max(0, atMs - nowMs()), fire);
      };
      const fire = (): void => {
        if (!lifetime.isAlive) return;
        if (nowMs() < atMs) arm();
        else run();
      };
      arm();
      return () => cancel();
    },
    sleepUntil: (atMs, signal) => sleepUntil(clock, atMs, signal),
  };
  return clock;
}
