import { sameJson } from '../core/canonical-json.ts';
import type { ConfigBody, CycleBody, Head, LedgerEntry } from '../core/ledger.ts';
import type { Signal } from '../core/signal.ts';
import type { DecisionKind } from '../core/vote.ts';

/** A decision as the chain needs it: where it is stored and what it said. */
export type Standpoint = { readonly seq: number; readonly kind: DecisionKind };

/** What stands for the due instruments of a cycle. */
export type Outcomes = Pick<CycleBody, 'kinds' | 'outcomesDigest'>;

/** Ids of signals, a set or a look-up in the store. */
export type SignalIds = { has(signalId: string): boolean; add(signalId: string): void };

/** Of the newest configuration: what it is known by, and what kind of prices follow it. */
type ConfigMark = Pick<ConfigBody, 'version' | 'label'>;

/** Whether this configuration is the newest already, on the same kind of prices. */
export function isNewestConfig({ config }: Tip, { version, label }: ConfigMark): boolean {
  return config !== null && config.version === version && sameJson(config.label, label);
}

/** What must be known of a record to append to it, or to judge its next row. Changed only by `settle`. */
export type Tip = {
  head: Head | null;
  /** 0 before the first. */
  cycle: number;
  slotAtMs: number;
  config: ConfigMark | null;
  readonly standing: Map<string, Standpoint>;
  readonly openSignals: Map<string, Signal>;
  readonly endedSignals: SignalIds;
  /** Signals without an outcome, open or not, by id. */
  readonly unscored: Map<string, Signal>;
  /** Of the newest cycle; null when not known, as after opening a store. */
  dueIds: readonly string[] | null;
  outcomes: Outcomes | null;
};

/** What the entries of one transaction add to the tip, gathered while they are admitted one by one. */
export type Draft = {
  /** Cycle and slot that the entries name; null before the first. */
  place: { readonly cycle: number; readonly atMs: number } | null;
  readonly decisions: Map<string, Standpoint>;
  readonly opened: Map<string, Signal>;
  readonly ended: Set<string>;
  /** Signals that got their outcome. */
  readonly scored: Set<string>;
  config: ConfigMark | null;
  dueIds: readonly string[] | null;
  outcomes: Outcomes | null;
  /** What so many decisions of the draft come to for the due instruments: worked out once, for who writes and who checks. */
  reckoned: {
    readonly dueIds: readonly string[];
    readonly decisions: number;
    readonly outcomes: Outcomes;
  } | null;
};

export function emptyTip(endedSignals: SignalIds = new Set<string>()): Tip {
  return {
    head: null,
    cycle: 0,
    slotAtMs: 0,
    config: null,
    standing: new Map(),
    openSignals: new Map(),
    endedSignals,
    unscored: new Map(),
    dueIds: null,
    outcomes: null,
  };
}

export function emptyDraft(): Draft {
  return {
    place: null,
    decisions: new Map(),
    opened: new Map(),
    ended: new Set(),
    scored: new Set(),
    config: null,
    dueIds: null,
    outcomes: null,
    reckoned: null,
  };
}

/** Takes a draft over into the tip; `last` is the entry that closed it, a cycle or a configuration. */
export function settle(tip: Tip, draft: Draft, last: LedgerEntry): void {
  tip.head = { seq: last.seq, hash: last.hash };
  for (const [instrumentId, standpoint] of draft.decisions) tip.standing.set(instrumentId, standpoint);
  for (const [id, signal] of draft.opened) {
    tip.openSignals.set(id, signal);
    tip.unscored.set(id, signal);
  }
  for (const id of draft.ended) {
    tip.openSignals.delete(id);
    tip.endedSignals.add(id);
  }
  for (const id of draft.scored) tip.unscored.delete(id);
  if (last.type === 'config') tip.config = draft.config;
  if (last.type === 'cycle') {
    tip.cycle = last.cycle;
    tip.slotAtMs = last.atMs;
    tip.dueIds = draft.dueIds;
    tip.outcomes = draft.outcomes;
  }
}
