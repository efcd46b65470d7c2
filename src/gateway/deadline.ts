import type { Answer } from '../core/answer.ts';
import type { Clock } from '../core/clock.ts';
import { failure } from '../core/failure.ts';
import type { Waiter } from './flight.ts';
import { failedAnswer } from './outcome.ts';

/** Deadlines are kept in slots of this length and met at their end: at most so late, never early. */
const SLOT_MS = 4;

/** Empty, it stays until the next wake-up: the next question will most likely have the same deadline. */
type Slot = { readonly waiters: Waiter[]; open: number };

/** Lets nobody wait past the deadline. One wake-up for all that wait, whatever their number. */
export class Deadlines {
  readonly #clock: Clock;
  readonly #slots = new Map<number, Slot>();
  #wakeUpAtMs = Number.POSITIVE_INFINITY;
  #cancelWakeUp: () => void = () => {};

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  watch(waiter: Waiter): void {
    const atMs = slotOf(waiter);
    let slot = this.#slots.get(atMs);
    if (slot === undefined) {
      slot = { waiters: [], open: 0 };
      this.#slots.set(atMs, slot);
    }
    if (atMs < this.#wakeUpAtMs) this.#wakeUpAt(atMs);
    slot.waiters.push(waiter);
    slot.open += 1;
  }

  /** Answers a waiter unless its time was up already. */
  settle(waiter: Waiter, answer: Answer): void {
    const { told } = waiter;
    if (told === null) return;
    waiter.told = null;
    waiter.teller.tell(waiter, told, answer);
    const atMs = slotOf(waiter);
    const slot = this.#slots.get(atMs);
    if (slot === undefined) return;
    slot.open -= 1;
    if (slot.open === 0) slot.waiters.length = 0;
  }

  /** Ends the wake-up; whoever still waits is answered by the one who carries the question. */
  close(): void {
    this.#cancelWakeUp();
    this.#wakeUpAtMs = Number.POSITIVE_INFINITY;
  }

  // A wake-up whose waiters are all answered is left to come: cancelling it would cost a timer per question.
  #wakeUpAt(atMs: number): void {
    this.#cancelWakeUp();
    this.#wakeUpAtMs = atMs;
    this.#cancelWakeUp = this.#clock.at(atMs, () => this.#wake(atMs));
  }

  #wake(nowMs: number): void {
    this.#wakeUpAtMs = Number.POSITIVE_INFINITY;
    let nextMs = Number.POSITIVE_INFINITY;
    for (const [atMs, { waiters, open }] of this.#slots) {
      if (open > 0 && atMs > nowMs) {
        nextMs = Math.min(nextMs, atMs);
        continue;
      }
      this.#slots.delete(atMs);
      for (const waiter of waiters) this.settle(waiter, lateAnswer(waiter));
    }
    if (nextMs < this.#wakeUpAtMs) this.#wakeUpAt(nextMs);
  }
}

function slotOf({ ask }: Waiter): number {
  return Math.ceil(ask.deadlineAtMs / SLOT_MS) * SLOT_MS;
}

function lateAnswer({ flight }: Waiter): Answer {
  return failedAnswer(
    flight.left
      ? failure('timeout', 'no answer before the deadline')
      : failure('deadline', 'the request could not leave before the deadline'),
  );
}
