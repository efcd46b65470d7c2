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
  const waves = new Waves(done);
  while (!done() && clock.nowMs() < rules.deadlineAtMs) {
    for (const promise of next()) waves.add(promise);
    if (waves.pending === 0) return;
    await waves.settled(Math.min(clock.nowMs() + rules.patienceMs, rules.deadlineAtMs), clock);
  }
}

/** What was started and has not settled yet. One promise for each wait, whatever the number of those waited for. */
class Waves {
  readonly #done: () => boolean;
  #pending = 0;
  #end: () => void = () => {};
  #fail: (error: unknown) => void = () => {};

  constructor(done: () => boolean) {
    this.#done = done;
  }

  get pending(): number {
    return this.#pending;
  }

  add(promise: Promise<void>): void {
    this.#pending += 1;
    promise.then(this.#oneSettled, this.#oneFailed);
  }

  // Made once for all: a wave of thousands of symbols waits for tens of thousands of promises.
  readonly #oneFailed = (error: unknown): void => this.#fail(error);
  readonly #oneSettled = (): void => {
    this.#pending -= 1;
    try {
      if (this.#pending === 0 || this.#done()) this.#end();
    } catch (error) {
      this.#fail(error);
    }
  };

  /** Waits until all have settled, `done`, or the moment has come. */
  settled(untilMs: number, clock: Clock): Promise<void> {
    return new Promise((resolve, reject) => {
      const cancel = clock.at(untilMs, resolve);
      this.#end = () => {
        cancel();
        resolve();
      };
      this.#fail = (error) => {
        cancel();
        reject(error);
      };
    });
  }
}
