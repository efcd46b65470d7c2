import type { Clock } from '../core/clock.ts';

export type RepeatOptions = {
  /** After an event was let through, equal ones are only counted for this long, in ms. */
  readonly windowMs: number;
  /** Different events that are watched at once; what comes beyond is let through. */
  readonly keysMax: number;
};

const REPEAT_DEFAULTS: RepeatOptions = { windowMs: 60_000, keysMax: 1_000 };

type Kept = { count: number; readonly end: () => void; readonly cancel: () => void };

/** Lets the first of equal events through and tells at the end of its window how many more there were. */
export class Repeats {
  readonly #clock: Clock;
  readonly #options: RepeatOptions;
  readonly #kept = new Map<string, Kept>();

  constructor(clock: Clock, options: RepeatOptions = REPEAT_DEFAULTS) {
    this.#clock = clock;
    this.#options = options;
  }

  /** True for the event that is to be shown. `tell` is called once, later, when others were held back. */
  admit(key: string, tell: (count: number) => void): boolean {
    const kept = this.#kept.get(key);
    if (kept !== undefined) {
      kept.count += 1;
      return false;
    }
    const { windowMs, keysMax } = this.#options;
    if (this.#kept.size >= keysMax) return true;
    const end = (): void => {
      const count = this.#kept.get(key)?.count ?? 0;
      this.#kept.delete(key);
      if (count > 0) tell(count);
    };
    this.#kept.set(key, { count: 0, end, cancel: this.#clock.at(this.#clock.nowMs() + windowMs, end) });
    return true;
  }

  /** Ends all windows now: what was held back is told. */
  close(): void {
    for (const { end, cancel } of this.#kept.values()) {
      cancel();
      end();
    }
  }
}
