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
  /** Who waits for it, first the one who came first, each knowing the next; null: nobody. */
  firstWaiter: Waiter | null;
  lastWaiter: Waiter | null;
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
  /** Who came after it for the same flight. */
  next: Waiter | null;
};

/** Has `waiter` wait for the flight that it names. */
export function board(waiter: Waiter): void {
  const { flight } = waiter;
  if (flight.lastWaiter === null) flight.firstWaiter = waiter;
  else flight.lastWaiter.next = waiter;
  flight.lastWaiter = waiter;
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
    firstWaiter: null,
    lastWaiter: null,
    older: null,
  };
}
