import type { Clock } from '../core/clock.ts';
import { sleepUntil } from './sleep.ts';

/** So often whoever waits looks at the clock again: it may have been set, and a timer counts on regardless. */
const LOOK_EVERY_MS = 1_000;
/** Whoever is woken later than this was kept waiting by this process itself. */
const BUSY_MS = 5;
/** A wait that has taken so much longer than it was to take is over: the clock was set back meanwhile. */
const SET_BACK_MS = 100;

/** The machine's clock. All who are to be woken at the same moment share a timer. */
export function createSystemClock(): Clock {
  const moments = new Map<number, Moment>();
  const clock: Clock = {
    nowMs: () => Date.now(),
    elapsedMs: () => performance.now(),
    at: (atMs, run) => {
      const known = moments.get(atMs);
      if (known?.isStillSo()) return known.add(run);
      const moment = new Moment(atMs, () => {
        if (moments.get(atMs) === moment) moments.delete(atMs);
      });
      moments.set(atMs, moment);
      return moment.add(run);
    },
    sleepUntil: (atMs, signal) => sleepUntil(clock, atMs, signal),
  };
  return clock;
}

/** What is to be run at one moment, and its timer. */
class Moment {
  readonly #atMs: number;
  readonly #dueAtMs: number;
  readonly #over: () => void;
  readonly #waiting = new Set<{ readonly run: () => void }>();
  #timer: NodeJS.Timeout | undefined;
  #afterReading: NodeJS.Immediate | undefined;

  /** `over`: nothing waits for it any more. */
  constructor(atMs: number, over: () => void) {
    this.#atMs = atMs;
    this.#dueAtMs = dueAtMsOf(atMs);
    this.#over = over;
    this.#arm();
  }

  /** False where the clock was set back since: then it ends before its moment. */
  isStillSo(): boolean {
    return dueAtMsOf(this.#atMs) <= this.#dueAtMs + SET_BACK_MS;
  }

  /** Gives what takes `run` out again. */
  add(run: () => void): () => void {
    const waiting = { run };
    this.#waiting.add(waiting);
    return () => {
      if (this.#waiting.delete(waiting) && this.#waiting.size === 0) this.#end();
    };
  }

  #arm(): void {
    const leftMs = Math.max(0, Math.min(LOOK_EVERY_MS, this.#atMs - Date.now()));
    this.#timer = setTimeout(() => this.#look(), leftMs);
  }

  // A timer counts in another clock and may fire a moment before Date.now() has got there.
  #look(): void {
    const nowMs = Date.now();
    if (nowMs < this.#atMs && performance.now() < this.#dueAtMs + SET_BACK_MS) this.#arm();
    // An answer that came in time is read first: to whoever waits for it, it is not late.
    else if (nowMs - this.#atMs > BUSY_MS) this.#afterReading = setImmediate(() => this.#wake());
    else this.#wake();
  }

  #wake(): void {
    // Whoever asks for this moment from now on has a timer of another.
    this.#end();
    for (const waiting of this.#waiting) {
      this.#waiting.delete(waiting);
      waiting.run();
    }
  }

  #end(): void {
    clearTimeout(this.#timer);
    clearImmediate(this.#afterReading);
    this.#over();
  }
}

/** When `atMs` is (Unix ms) by the clock that nobody sets, as `performance.now()`. */
function dueAtMsOf(atMs: number): number {
  return performance.now() + Math.max(0, atMs - Date.now());
}
