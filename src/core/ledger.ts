import type { Decision } from './decision.ts';
import type { DataLabel } from './live.ts';
import type { SignalOutcome } from './outcome.ts';
import type { Side, Signal, SignalEvent } from './signal.ts';
import type { DecisionKind } from './vote.ts';

/** The record of one cycle, appended as one transaction. */
export type CycleRecord = {
  /** From 1; greater than in the record before, as is the slot. */
  readonly cycle: number;
  /** Start of the cycle (Unix ms): the time of all its decisions and signal events. */
  readonly slotAtMs: number;
  readonly configVersion: string;
  /** Ids of all instruments due, sorted; each has a standing decision after this cycle. */
  readonly due: readonly string[];
  /** New rows only: decisions whose identity changed since the standing one. */
  readonly decisions: readonly Decision[];
  readonly events: readonly SignalEvent[];
  /** Of signals opened in this or an earlier cycle: one each, ever. */
  readonly outcomes: readonly SignalOutcome[];
};

/** Body of a chained cycle row. */
export type CycleBody = {
  readonly cycle: number;
  readonly slotAtMs: number;
  readonly configVersion: string;
  readonly due: number;
  readonly made: number;
  /** All due ids, sorted, where they are not (known to be) those of the cycle row before; otherwise null. */
  readonly dueIds: readonly string[] | null;
  /** Of the decisions that stand for the due instruments after this cycle. */
  readonly kinds: Readonly<Record<DecisionKind, number>>;
  /** SHA-256 over `instrumentId:decisionSeq` lines of all due instruments, sorted: what stood for each, no signal's outcome. */
  readonly outcomesDigest: string;
};

/** Body of a chained row that stores an accepted configuration, redacted. */
export type ConfigBody = {
  readonly version: string;
  readonly atMs: number;
  /** What kind of prices the decisions that follow rest on. */
  readonly label: DataLabel;
  readonly config: unknown;
  /** A version that was on record before and comes back is a rollback. Absent in records that are older than this field. */
  readonly how?: 'start' | 'reload' | 'rollback';
  /** The file it was read from, references unresolved; null where there was none, or where it spells a secret out. */
  readonly text?: string | null;
};

export type LedgerEntry = {
  /** 1, 2, 3, … without gaps. Also the SSE event id. */
  readonly seq: number;
  /** For a configuration: the newest cycle on record, 0 before the first. */
  readonly cycle: number;
  readonly atMs: number;
  readonly instrumentId: string | null;
  readonly prevHash: string;
  readonly hash: string;
} & (
  | { readonly type: 'config'; readonly body: ConfigBody }
  | { readonly type: 'decision'; readonly body: Decision }
  | { readonly type: 'signal'; readonly body: SignalEvent }
  | { readonly type: 'outcome'; readonly body: SignalOutcome }
  | { readonly type: 'cycle'; readonly body: CycleBody }
);

export type Head = { readonly seq: number; readonly hash: string };

/** What stands at the end of the record: where a restarted engine goes on. */
export type Standing = {
  readonly cycle: number;
  readonly slotAtMs: number;
  readonly decisions: ReadonlyMap<string, Decision>;
  readonly openSignals: readonly Signal[];
  /** All signals without an outcome, open or not, oldest first. */
  readonly unscored: readonly SignalRow[];
};

export type DecisionFilter = {
  readonly instrumentId?: string;
  readonly kind?: DecisionKind;
  readonly fromMs?: number;
  readonly toMs?: number;
  /** Only entries with a smaller seq: the cursor of the page before. */
  readonly beforeSeq?: number;
  /** 1..500. */
  readonly limit: number;
};

export type SignalFilter = {
  readonly instrumentId?: string;
  readonly side?: Side;
  readonly fromMs?: number;
  readonly toMs?: number;
  readonly open?: boolean;
  readonly beforeSeq?: number;
  readonly limit: number;
};

export type OutcomeFilter = {
  readonly instrumentId?: string;
  readonly side?: Side;
  readonly kind?: SignalOutcome['kind'];
  /** Of the cycles that recorded them. */
  readonly fromMs?: number;
  readonly toMs?: number;
  readonly beforeSeq?: number;
  readonly limit: number;
};

/** An outcome with its signal; `seq` is the outcome's. */
export type OutcomeRow = { readonly seq: number; readonly signal: Signal; readonly outcome: SignalOutcome };

/** A signal with how it ended and what came of it, where that is known. */
export type SignalRow = {
  readonly seq: number;
  readonly signal: Signal;
  readonly end: Extract<SignalEvent, { event: 'ended' }> | null;
  readonly outcome: SignalOutcome | null;
};

export type ConfigRow = { readonly seq: number; readonly body: ConfigBody };

export type DecisionRow = { readonly seq: number; readonly decision: Decision };

/** `seq` 0: the store is damaged beside the rows. */
export type ChainFault = { readonly seq: number; readonly detail: string };

export type VerifyReport = {
  readonly entries: number;
  readonly decisions: number;
  readonly signals: number;
  readonly outcomes: number;
  readonly cycles: number;
  readonly head: Head | null;
  /** The first bad row, or null when all is well. */
  readonly fault: ChainFault | null;
};

export type VerifyOptions = {
  /**
   * Re-checks a stored decision (its certificate) beside the configuration that its version names on record, null where
   * there is none; returns what is wrong or null.
   */
  readonly checkDecision: (decision: Decision, config: unknown) => string | null;
  /** A head noted elsewhere: a record cut short of it is found out. */
  readonly expectedHead?: Head;
  readonly onProgress?: (done: number, total: number) => void;
};

/**
 * The append-only record. Whatever `append` resolved with is durable. Nothing is ever updated or deleted.
 * Rejects with LedgerError when the store refuses: after that nothing counts as acknowledged.
 */
export interface Ledger {
  /** Newest first where lists are returned. */
  append(record: CycleRecord): Promise<readonly LedgerEntry[]>;
  /** Stores a configuration version unless it is the newest already, on the same kind of prices. */
  appendConfig(body: ConfigBody): Promise<readonly LedgerEntry[]>;
  /**
   * After a refusal: finds out what the store holds and whether it takes writes again, at once where nothing was wrong.
   * What was refused may turn out to be on record. Rejects with LedgerError while the store still refuses.
   */
  recover(): Promise<void>;
  head(): Promise<Head | null>;
  standing(): Promise<Standing | null>;
  /** Entries with seq > `seq`, oldest first: what a reconnecting SSE client missed. */
  entriesAfter(seq: number, limit: number): Promise<readonly LedgerEntry[]>;
  /** The newest `limit` (1..500) accepted configurations, newest first. */
  configs(limit: number): Promise<readonly ConfigRow[]>;
  decisions(filter: DecisionFilter): Promise<readonly DecisionRow[]>;
  signals(filter: SignalFilter): Promise<readonly SignalRow[]>;
  signal(id: string): Promise<SignalRow | null>;
  outcomes(filter: OutcomeFilter): Promise<readonly OutcomeRow[]>;
  /** The decision that stood for an instrument at a moment. */
  decisionAt(instrumentId: string, atMs: number): Promise<DecisionRow | null>;
  verify(options: VerifyOptions): Promise<VerifyReport>;
  close(): Promise<void>;
}

export class LedgerError extends Error {
  override readonly name = 'LedgerError';
}
