import type { Clock } from '../core/clock.ts';

export type WaveRules = {
  readonly deadlineAtMs: number;
  /** A wave that has not answered after this long no longer holds up the next one. */
  readonly patienceMs: number;
};

/**
 * Starts wave after wave until `done`, or nothing is left to wait for, or the deadline. `next` starts the following
 * wave and returns its promises, which never reject; none when there is nothing more to start. Promises that are late
 * run on: whoever started them decides what a late result is good for.
 */
export async function inWaves(
  next: () => readonly Promise<void>[],
  done: () => boolean,
  rules: WaveRules,
  clock: Clock,
): Promise<void> {
  const pending = new Set<Promise<void>>();
  while (!done() && clock.nowMs() < rules.deadlineAtMs) {
    for (const promise of next()) {
      const settled = promise.then(() => {
        pending.delete(settled);
      });
      pending.add(settled);
    }
    if (pending.size === 0) return;
    await anyOf(pending, done, Math.min(clock.nowMs() + rules.patienceMs, rules.deadlineAtMs), clock);
  }
}

/** Waits until all have settled, `done`, or the moment has come. */
async function anyOf(
  pending: ReadonlySet<Promise<void>>,
  done: () => boolean,
  untilMs: number,
  clock: Clock,
): Promise<void> {
  let over = false;
  let cancel = (): void => {};
  const timeUp = new Promise<void>((resolve) => {
    cancel = clock.at(untilMs, () => {
      over = true;
      resolve();
    });
  });
  while (pending.size > 0 && !over && !done()) await Promise.race([timeUp, ...pending]);
  cancel();
}
