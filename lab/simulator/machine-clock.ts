import { type Clock, sleepUntil } from '../../src/index.ts';
import type { Lifetime } from './lifetime.ts';

/** As with the system's clock, whoever waits looks at it so often, and never longer than he was to wait: it may have been set. */
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
      const overAtMs = world.nowMs() + Math.max(0, atMs - nowMs());
      let cancel = (): void => {};
      const arm = (): void => {
        const lookAtMs = world.nowMs() + Math.min(lookEveryMs, Math.max(0, atMs - nowMs()));
        cancel = world.at(Math.min(lookAtMs, overAtMs), look);
      };
      const look = (): void => {
        if (!lifetime.isAlive) return;
        if (nowMs() < atMs && world.nowMs() < overAtMs) arm();
        else run();
      };
      arm();
      return () => cancel();
    },
    sleepUntil: (atMs, signal) => sleepUntil(clock, atMs, signal),
  };
  return clock;
}
