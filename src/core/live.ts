import type { SourceHealth } from './answer.ts';
import type { Bar } from './bar.ts';
import type { Decision } from './decision.ts';
import type { LedgerEntry } from './ledger.ts';
import type { ConsensusOptions } from './options.ts';
import type { Signal } from './signal.ts';

/** What kind of prices the service works on; shown wherever a person or a program looks. */
export type DataLabel =
  | { readonly kind: 'LIVE' }
  /** `bars`: prices are those recorded in that time, and opinions on them are simulated. */
  | {
      readonly kind: 'SIMULATED';
      readonly seed: string;
      readonly bars?: { readonly fromMs: number; readonly toMs: number };
    }
  | { readonly kind: 'REPLAY'; readonly fromMs: number; readonly toMs: number };

export type LiveSource = SourceHealth & {
  readonly title: string;
  readonly kind: string;
  readonly operator: string;
  readonly analyst: string;
  /** Share of the vote before capping, 0..1; 0 when it only watches. */
  readonly weightShare: number;
};

/** What audits found since the process started: planned decisions held against asking everyone afresh. */
export type AuditCounts = {
  readonly mode: ConsensusOptions['mode'];
  /** Of the symbols: how many are audited at all; the others would burn a budget or a long allowance. */
  readonly symbols: number;
  /** Decisions compared, and how many of them were equal in kind and reason. */
  readonly audited: number;
  readonly equal: number;
  /** Not counted above: a limit or a budget of ours kept somebody from being asked. */
  readonly incomplete: number;
  /** By source id: pairs of a remembered and a fresh score, from which drift is learned. */
  readonly pairs: Readonly<Record<string, number>>;
};

export type LiveAudits = AuditCounts & {
  /** equal / audited, 0..1, with its 95 % interval (Wilson); null before the first. */
  readonly rate: number | null;
  readonly ci95: readonly [low: number, high: number] | null;
};

export type LiveState = {
  readonly label: DataLabel;
  readonly startedAtMs: number;
  readonly nowMs: number;
  readonly cycleMs: number;
  readonly configVersion: string;
  /** Newest committed cycle; null before the first. */
  readonly cycle: number | null;
  readonly lastCycleAtMs: number | null;
  readonly lastCycleTookMs: number | null;
  readonly decisionsDue: number;
  readonly decisionsMade: number;
  readonly audits: LiveAudits;
  readonly ready: boolean;
  /** Why it is not ready, or what is wrong although it works; empty when all is well. */
  readonly troubles: readonly string[];
};

/** What the running engine shows to `api/` and `cli/`; everything here is committed or counted, nothing assumed. */
export interface LiveView {
  state(): LiveState;
  sources(): readonly LiveSource[];
  /** Standing decisions in configured symbol order. */
  decisions(): readonly Decision[];
  openSignals(): readonly Signal[];
  /** Closed bars of the watch source, oldest first, newest `count`; null of an instrument that is not followed. */
  bars(instrumentId: string, count: number): readonly Bar[] | null;
  /** Called after each commit with what became durable, oldest first. Returns the unsubscribe. */
  onCommitted(listener: (entries: readonly LedgerEntry[]) => void): () => void;
}
