import type { Clock } from '../core/clock.ts';

export type Watched = {
  readonly atMs: number;
  readonly run: () => void;
  /** Nothing is to be run any more. */
  isOver: boolean;
};

/**
 * Runs what has not come to its end in time, with one timer for all: in the order of coming, so one whose time is before
 * that of its forerunner is run when that one is. Waits of one source differ little.
 */
export class LateWatch {
  readonly #clock: Clock;
  readonly #queue: Watched[] = [];
  #isAwake = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  watch(atMs: number, run: () => void): Watched {
    const watched = { atMs, run, isOver: false };
    this.#queue.push(watched);
    if (!this.#isAwake) this.#sleepUntil(atMs);
    return watched;
  }

  #sleepUntil(atMs: number): void {
    this.#isAwake = true;
    this.#clock.at(atMs, () => this.#wake());
  }

  #wake(): void {
    const nowMs = this.#clock.nowMs();
    const due: Watched[] = [];
    let first = this.#queue[0];
    while (first !== undefined && (first.isOver || first.atMs <= nowMs)) {
      if (!first.isOver) due.push(first);
      this.#queue.shift();
      first = this.#queue[0];
    }
    this.#isAwake = false;
    if (first !== undefined) this.#sleepUntil(first.atMs);
    for (const { run } of due) run();
  }
}
