import type { Answer } from '../core/answer.ts';
import type { Clock } from '../core/clock.ts';
import { failure } from '../core/failure.ts';
import type { Waiter } from './flight.ts';
import { failedAnswer } from './outcome.ts';

/** Deadlines are kept in slots of this length and met at their end: at most so late, never early. */
const SLOT_MS = 4;

/** All whose deadline is about the same. Empty, it stays until the next wake-up: the next question will most likely be one of them. */
export type Slot = { readonly atMs: number; readonly waiters: Waiter[]; open: number };

/** Lets nobody wait past the deadline. One wake-up for all that wait, whatever their number. */
export class Deadlines {
  readonly #clock: Clock;
  readonly #slots = new Map<number, Slot>();
  #newest: Slot | null = null;
  #wakeUpAtMs = Number.POSITIVE_INFINITY;
  #cancelWakeUp: () => void = () => {};

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  watch(waiter: Waiter): void {
    const slot = this.#slotAt(Math.ceil(waiter.ask.deadlineAtMs / SLOT_MS) * SLOT_MS);
    slot.waiters.push(waiter);
    slot.open += 1;
    waiter.slot = slot;
  }

  #slotAt(atMs: number): Slot {
    if (this.#newest?.atMs === atMs) return this.#newest;
    const slot = this.#slots.get(atMs) ?? { atMs, waiters: [], open: 0 };
    this.#slots.set(atMs, slot);
    if (atMs < this.#wakeUpAtMs) this.#wakeUpAt(atMs);
    this.#newest = slot;
    return slot;
  }

  /** Answers a waiter at `nowMs` unless its time was up already. */
  settle(waiter: Waiter, answer: Answer, nowMs: number): void {
    const { told, slot } = waiter;
    if (told === null) return;
    waiter.told = null;
    waiter.teller.tell(waiter, told, answer, nowMs);
    if (slot === null) return;
    slot.open -= 1;
    if (slot.open === 0) slot.waiters.length = 0;
  }

  /** Ends the wake-up; whoever still waits is answered by the one who carries the question. */
  close(): void {
    this.#cancelWakeUp();
    this.#wakeUpAtMs = Number.POSITIVE_INFINITY;
    this.#newest = null;
  }

  // A wake-up whose waiters are all answered is left to come: cancelling it would cost a timer per question.
  #wakeUpAt(atMs: number): void {
    this.#cancelWakeUp();
    this.#wakeUpAtMs = atMs;
    this.#cancelWakeUp = this.#clock.at(atMs, () => this.#wake(atMs));
  }

  #wake(nowMs: number): void {
    this.#wakeUpAtMs = Number.POSITIVE_INFINITY;
    this.#newest = null;
    let nextMs = Number.POSITIVE_INFINITY;
    for (const [atMs, { waiters, open }] of this.#slots) {
      if (open > 0 && atMs > nowMs) {
        nextMs = Math.min(nextMs, atMs);
        continue;
      }
      this.#slots.delete(atMs);
      for (const waiter of waiters) this.settle(waiter, lateAnswer(waiter), this.#clock.nowMs());
    }
    if (nextMs < this.#wakeUpAtMs) this.#wakeUpAt(nextMs);
  }
}

function lateAnswer({ flight }: Waiter): Answer {
  return failedAnswer(
    flight.left
      ? failure('timeout', 'no answer before the deadline')
      : failure('deadline', 'the request could not leave before the deadline'),
  );
}
