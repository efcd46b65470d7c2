import type { Answer } from '../core/answer.ts';
import type { Clock } from '../core/clock.ts';
import { failure } from '../core/failure.ts';
import type { Waiter } from './flight.ts';
import { failedAnswer } from './outcome.ts';

type Due = { readonly waiters: Waiter[]; open: number; readonly cancel: () => void };

/** Lets nobody wait past the deadline. One wake-up per distinct moment: the asks of a cycle share theirs. */
export class Deadlines {
  readonly #clock: Clock;
  readonly #due = new Map<number, Due>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  watch(waiter: Waiter): void {
    const atMs = waiter.deadlineAtMs;
    let due = this.#due.get(atMs);
    if (due === undefined) {
      due = { waiters: [], open: 0, cancel: this.#clock.at(atMs, () => this.#expire(atMs)) };
      this.#due.set(atMs, due);
    }
    due.waiters.push(waiter);
    due.open += 1;
  }

  /** Answers a waiter unless its time was up already. */
  settle(waiter: Waiter, answer: Answer): void {
    const { resolve, deadlineAtMs } = waiter;
    if (resolve === null) return;
    waiter.resolve = null;
    resolve(answer);
    const due = this.#due.get(deadlineAtMs);
    if (due === undefined) return;
    due.open -= 1;
    if (due.open > 0) return;
    due.cancel();
    this.#due.delete(deadlineAtMs);
  }

  #expire(atMs: number): void {
    const due = this.#due.get(atMs);
    if (due === undefined) return;
    for (const waiter of due.waiters) this.settle(waiter, lateAnswer(waiter));
  }
}

function lateAnswer({ flight }: Waiter): Answer {
  return failedAnswer(
    flight.left
      ? failure('timeout', 'no answer before the deadline')
      : failure('deadline', 'the request could not leave before the deadline'),
  );
}
