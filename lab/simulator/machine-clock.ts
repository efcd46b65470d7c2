import { type Clock, sleepUntil } from '../../src/index.ts';
import type { Lifetime } from './lifetime.ts';

/** As with the system's clock, whoever waits looks at it so often: it may have been set. */
const LOOK_EVERY_MS = 1_000;

/** The clock of a machine in a world that may know better; `isSteady` where it is never set. */
export function machineClock(
  world: Clock,
  offsetMs: () => number,
  isSteady: boolean,
  lifetime: Lifetime,
): Clock {
  const lookEveryMs = isSteady ? Number.POSITIVE_INFINITY : LOOK_EVERY_MS;
  const nowMs = (): number => world.nowMs() + offsetMs();
  const clock: Clock = {
    nowMs,
    elapsedMs: () => world.elapsedMs(),
    at: (atMs, run) => {
      let cancel = (): void => {};
      const arm = (): void => {
        cancel = world.at(world.nowMs() + Math.max(0, Math.min(lookEveryMs, atMs - nowMs())), fire);
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
