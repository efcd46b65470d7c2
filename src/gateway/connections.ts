import { GO, type Guard, type Verdict } from './guard.ts';

const BUSY: Verdict = {
  kind: 'wait',
  untilMs: Number.POSITIVE_INFINITY,
  failureKind: 'deadline',
  because: 'all connections to the source are busy',
};

/**
 * Bounds the requests under way at one source, so that they wait here, where waiting is ours, and not in the connection
 * pool, where it would look like a slow provider.
 */
export class Connections implements Guard {
  /** May change while requests are under way. */
  max: number;
  #open = 0;

  constructor(max: number) {
    this.max = max;
  }

  check(): Verdict {
    return this.#open < this.max ? GO : BUSY;
  }

  leave(): void {
    this.#open += 1;
  }

  back(): void {
    this.#open -= 1;
  }
}
