import type { Failure } from './failure.ts';
import type { Question, View } from './question.ts';

/** Where an answer comes from and what raw text it rests on. */
export type Provenance = {
  readonly sourceId: string;
  readonly endpoint: string;
  /** The provider's time of the datum (Unix ms); null where it sends none. */
  readonly eventAtMs: number | null;
  readonly receivedAtMs: number;
  /** First 16 hex digits of the SHA-256 of the raw body. */
  readonly digest: string;
};

/** What the gateway brings back for one question. Nothing is thrown for an expected failure. */
export type Answer =
  | {
      readonly kind: 'fresh';
      readonly view: View;
      readonly provenance: Provenance;
      readonly latencyMs: number;
    }
  | { readonly kind: 'cached'; readonly view: View; readonly provenance: Provenance; readonly ageMs: number }
  | { readonly kind: 'stale'; readonly view: View; readonly provenance: Provenance; readonly ageMs: number }
  | { readonly kind: 'refused'; readonly failure: Failure }
  | { readonly kind: 'failed'; readonly failure: Failure };

export type Ask = {
  readonly sourceId: string;
  readonly question: Question;
  /** An answer after this moment (Unix ms) is of no use to the asker. */
  readonly deadlineAtMs: number;
  /** Among questions of one deadline those of a higher one leave first, at least 0; 0 where it is not said. */
  readonly priority?: number;
  /** It can wait for its turn: of a long allowance it takes nothing that is kept for what cannot. */
  readonly isPatient?: boolean;
  /** Not to be answered from what is kept; it may still share a request that is under way. */
  readonly fresh?: boolean;
  /** What was received before this moment (Unix ms) is of no use to the asker either. */
  readonly receivedSinceMs?: number;
};

/**
 * What turned out about data after they were taken in: too old, unlike what the others show, or the same again where
 * something new was due.
 */
export type DataFault = 'stale' | 'outlier' | 'frozen';

export type Told = (answer: Answer) => void;

export interface Gateway {
  /** One answer per ask, in order; resolves at the latest a few ms after the last deadline. Never rejects. */
  ask(asks: readonly Ask[]): Promise<Answer[]>;
  /**
   * Has `told` called with the answer, once: as soon as it is there, but not before this returns, and at the latest a few ms
   * after the deadline. Never throws.
   */
  put(ask: Ask, told: Told): void;
  /** Tells how the data of a fresh answer stood up to the gates; null: well. It counts for or against its source. */
  judged(provenance: Provenance, fault: DataFault | null): void;
  health(): SourceHealth[];
  close(): Promise<void>;
}

/** What a budget still allows in this UTC day and month, requests under way taken off; null: not limited. */
export type BudgetLeft = {
  readonly usdLeftToday: number | null;
  readonly usdLeftThisMonth: number | null;
  readonly callsLeftToday: number | null;
  readonly callsLeftThisMonth: number | null;
  /** When the first of them is spent (Unix ms) if its day or month goes on as it began; null: not before it ends. */
  readonly runsOutAtMs: number | null;
};

/** How far one of a provider's windows is used. */
export type LimitUse = {
  readonly max: number;
  readonly windowMs: number;
  /** Weight that the provider may be counting now. */
  readonly used: number;
};

/** The same of an allowance of a day or longer. */
export type QuotaState = LimitUse & {
  /** When the next request is due (Unix ms) where the allowance is spread over the session; null where it is not. */
  readonly nextAtMs: number | null;
};

/** What became of looking among the kept answers of one source, since it was last configured anew, and what is kept now. */
export type CacheCounts = {
  /** Questions answered without asking. */
  readonly hits: number;
  /** Questions answered by what is no longer fresh: while it is asked for anew, or because that has failed. */
  readonly stale: number;
  readonly misses: number;
  /** Of `hits` and `stale`: those that only the second tier could answer. */
  readonly fromSecondTier: number;
  readonly entries: number;
  /** What they take up, estimated. */
  readonly bytes: number;
};

/** Whether an endpoint is asked. */
export type BreakerHealth = {
  readonly endpoint: string;
  /** `probing`: one request is finding out whether it is well again. */
  readonly state: 'closed' | 'open' | 'probing';
  /** Until then (Unix ms) nothing is asked; null where it is not open. */
  readonly untilMs: number | null;
};

/** What the gateway knows of one source, counted since start. */
export type SourceHealth = {
  readonly sourceId: string;
  readonly state: 'unasked' | 'ok' | 'limited' | 'quota' | 'auth' | 'blocked' | 'failing' | 'disabled';
  /** Of late, 0 (of no use) to 1: success x latency beside its norm x freshness x agreement; null before the first exchange. */
  readonly score: number | null;
  /** Of every endpoint that was asked; empty where the flag is off. */
  readonly breakers: readonly BreakerHealth[];
  readonly requests: number;
  readonly answered: number;
  readonly failedByKind: Readonly<Record<string, number>>;
  readonly spentUsd: number;
  /** Null where no budget is set. */
  readonly budget: BudgetLeft | null;
  /** The provider's allowances of a day or longer, in configured order. */
  readonly quotas: readonly QuotaState[];
  /** All windows of the provider, in configured order. */
  readonly limits: readonly LimitUse[];
  /** Null where nothing is kept. */
  readonly cache: CacheCounts | null;
  /** Of the last 100 exchanges; null before the first. */
  readonly latencyP50Ms: number | null;
  readonly lastOkAtMs: number | null;
  readonly lastFailure: (Failure & { readonly atMs: number }) | null;
};
