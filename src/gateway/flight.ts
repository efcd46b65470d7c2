import type { Answer, Ask, Told } from '../core/answer.ts';
import type { Question } from '../core/question.ts';
import type { Slot } from './deadline.ts';
import type { Errand } from './errands.ts';
import type { KeptAnswer } from './kept-answer.ts';

/** One question on its way to one source, whoever waits for it. */
export type Flight = {
  readonly errand: Errand;
  readonly question: Question;
  /** Equal for equal questions to the same source. */
  readonly key: string;
  /** Of the most patient waiter (Unix ms). */
  deadlineAtMs: number;
  /** Of the waiter with the highest. */
  priority: number;
  /** All who wait for it can wait for its turn. */
  isPatient: boolean;
  /** A request with this question has been sent: from now on a missing answer is the provider's delay, not ours. */
  left: boolean;
  /** Was refused before: travels without company, so that it cannot spoil the answer of others. */
  readonly alone: boolean;
  /** What is kept of an earlier answer: the provider may say that it still holds. */
  readonly held: KeptAnswer | null;
  /** Null: nobody. */
  waiters: Waiter[] | null;
  /** Another question of the same errand that has no answer yet. */
  older: Flight | null;
};

/** One asker of a question. */
export type Waiter = {
  readonly flight: Flight;
  readonly ask: Ask;
  readonly askedAtMs: number;
  readonly teller: Teller;
  /** Null once it was called. */
  told: Told | null;
  /** Where its deadline is kept. */
  slot: Slot | null;
};

/** Whoever waits for a flight is told in the order of coming. */
export function joinFlight(flight: Flight, waiter: Waiter): void {
  // Most have one waiter, and a list that grows begins with room for seventeen.
  if (flight.waiters === null) flight.waiters = [waiter];
  else flight.waiters.push(waiter);
}

/** Brings those who wait for a flight its answer, or what stands in for it. */
export type Teller = { tell(waiter: Waiter, told: Told, answer: Answer, nowMs: number): void };

export function flightOf(
  { question, deadlineAtMs, priority = 0, isPatient = false }: Omit<Ask, 'sourceId'>,
  errand: Errand,
  key: string,
  alone: boolean,
  held: KeptAnswer | null,
): Flight {
  return {
    errand,
    question,
    key,
    deadlineAtMs,
    priority,
    isPatient,
    left: false,
    alone,
    held,
    waiters: null,
    older: null,
  };
}
