import type { Clock } from '../core/clock.ts';

export type WaveRules = {
  readonly deadlineAtMs: number;
  /** A wave that has not answered after this long no longer holds up the next one. */
  readonly patienceMs: number;
};

/** Told what becomes of those that were started: that one has settled, or that the code is wrong. */
export type Waiting = {
  readonly settled: () => void;
  readonly broke: (error: unknown) => void;
};

/** Starts the following wave; returns how many are in it, 0 when there is nothing more to start. None settles before that. */
export type StartWave = (waiting: Waiting) => number;

/**
 * Starts wave after wave until `done`, or nothing is left to wait for, or the deadline. Those that are late run on: whoever
 * started them decides what a late result is good for. Rejects only where the code is wrong.
 */
export function inWaves(
  start: StartWave,
  done: () => boolean,
  rules: WaveRules,
  clock: Clock,
): Promise<void> {
  return new Waves(start, done, rules, clock).ended();
}

/** One promise for all of them: a wave of thousands of symbols waits for tens of thousands of answers. */
class Waves implements Waiting {
  readonly #start: StartWave;
  readonly #done: () => boolean;
  readonly #rules: WaveRules;
  readonly #clock: Clock;
  readonly #ended = Promise.withResolvers<void>();
  #pending = 0;
  #isOver = false;
  #stopWaiting = (): void => {};

  constructor(start: StartWave, done: () => boolean, rules: WaveRules, clock: Clock) {
    this.#start = start;
    this.#done = done;
    this.#rules = rules;
    this.#clock = clock;
  }

  ended(): Promise<void> {
    this.#goOn(true);
    return this.#ended.promise;
  }

  readonly settled = (): void => {
    this.#pending -= 1;
    this.#goOn(this.#pending === 0);
  };

  readonly broke = (error: unknown): void => {
    this.#end();
    this.#ended.reject(error);
  };

  #goOn(isNextDue: boolean): void {
    if (this.#isOver) return;
    try {
      if (this.#done() || (isNextDue && !this.#startNext())) {
        this.#end();
        this.#ended.resolve();
      }
    } catch (error) {
      this.broke(error);
    }
  }

  /** Whether there is anything to wait for now. */
  #startNext(): boolean {
    this.#stopWaiting();
    const { deadlineAtMs, patienceMs } = this.#rules;
    if (this.#clock.nowMs() >= deadlineAtMs) return false;
    this.#pending += this.#start(this);
    if (this.#pending === 0) return false;
    const untilMs = Math.min(this.#clock.nowMs() + patienceMs, deadlineAtMs);
    this.#stopWaiting = this.#clock.at(untilMs, () => this.#goOn(true));
    return true;
  }

  #end(): void {
    this.#isOver = true;
    this.#stopWaiting();
  }
}
