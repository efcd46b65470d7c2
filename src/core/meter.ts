import type { Answer } from './answer.ts';
import type { Decision } from './decision.ts';
import type { FailureKind } from './failure.ts';
import type { LedgerEntry } from './ledger.ts';
import type { ShadowFlag } from './options.ts';

/** One request that was sent to a provider, or tried to be. */
export type RequestEnd = {
  readonly endpoint: string;
  /** HTTP status; null where none came: our deadline, a broken connection. */
  readonly status: number | null;
  /** Null where at least one question was answered. */
  readonly failure: FailureKind | null;
  /** Questions that shared it. */
  readonly questions: number;
  /** Until it might leave, in ms. */
  readonly queuedMs: number;
  /** From leaving to the whole answer, in ms. */
  readonly tookMs: number;
  readonly costUsd: number;
};

/** One cycle whose decisions are durable. */
export type CycleEnd = {
  readonly due: number;
  readonly decisions: readonly Decision[];
  readonly entries: readonly LedgerEntry[];
  /** From the start of the slot's work to the commit, in ms. */
  readonly tookMs: number;
  /** Of that, the record's part. */
  readonly appendMs: number;
  /** Published only after the slot was over. */
  readonly isLate: boolean;
};

/** Of a shadowed flag's decision beside the real one: by kind and reason. */
export type ShadowOutcome = 'equal' | 'different';

/** Told of what happens as it happens, for metrics. Must not throw and must be cheap: it is called on the hot path. */
export interface Meter {
  request(sourceId: string, end: RequestEnd): void;
  retry(sourceId: string): void;
  /** A question joined one that was under way. */
  coalesced(sourceId: string): void;
  /** From the question to its answer, in ms. */
  answer(sourceId: string, answer: Answer, tookMs: number): void;
  cycle(end: CycleEnd): void;
  /** Listeners to the commit were told, in ms. */
  published(tookMs: number): void;
  /** Due decisions that were not made, or could not be made durable. */
  lost(due: number): void;
  /** A decision that a shadowed flag would have come to with fewer questions, beside the real one. */
  shadow(flag: ShadowFlag, outcome: ShadowOutcome): void;
}

/** What was metered, for whoever scrapes it. */
export interface MetricsPage {
  text(
    format: 'prometheus' | 'openMetrics',
  ): Promise<{ readonly contentType: string; readonly text: string }>;
}
