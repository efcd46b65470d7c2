import type { Answer, Ask, Told } from '../core/answer.ts';
import type { CacheEntry } from '../core/cache.ts';
import type { Question } from '../core/question.ts';
import type { Endpoint } from '../core/source.ts';

/** One question on its way to one source, whoever waits for it. */
export type Flight = {
  readonly endpoint: Endpoint;
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
  readonly held?: CacheEntry | null;
  readonly waiters: Waiter[];
};

/** One asker of a question. */
export type Waiter = {
  readonly flight: Flight;
  readonly ask: Ask;
  readonly askedAtMs: number;
  readonly teller: Teller;
  /** Null once it was called. */
  told: Told | null;
};

/** Brings those who wait for a flight its answer, or what stands in for it. */
export type Teller = { tell(waiter: Waiter, told: Told, answer: Answer): void };
