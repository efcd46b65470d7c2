import type { VoterDesk } from '../analysts/voter-desk.ts';
import type { GateMemory } from '../consensus/gates.ts';
import type { VoteMemo } from '../consensus/vote-memo.ts';
import type { AnalystSpec } from '../core/analyst.ts';
import type { Decision } from '../core/decision.ts';
import type { Instrument } from '../core/instrument.ts';
import type { SourceOptions } from '../core/options.ts';
import type { Signal } from '../core/signal.ts';
import type { Source } from '../core/source.ts';
import type { BackupMeaning } from '../core/vote.ts';
import type { Weighed } from '../planner/change-gate.ts';
import type { MarketDesk } from '../signals/market-desk.ts';
import type { ShadowMemory } from './shadow.ts';

/** A configured source with the provider it speaks to and the analyst that reads it. */
export type Seat = {
  readonly options: SourceOptions;
  readonly source: Source;
  readonly analyst: AnalystSpec;
};

/** A source that may vote in the place of another, with what it has told of one instrument. */
export type BackupSeat = {
  readonly seat: Seat;
  readonly desk: VoterDesk;
  readonly meaning: BackupMeaning;
  /** What its score is multiplied by, 0..1. */
  readonly discount: number;
};

/** A seat at one instrument's vote. */
export type VotingSeat = {
  readonly seat: Seat;
  readonly desk: VoterDesk;
  readonly weightPpb: number;
  /** In the declared order. */
  readonly backups: readonly BackupSeat[];
};

/** All that is remembered of one instrument between cycles. */
export type Desk = {
  readonly instrument: Instrument;
  readonly market: MarketDesk;
  /** Seats that give the price, most trusted first. */
  watchers: readonly Seat[];
  voters: readonly VotingSeat[];
  readonly votes: VoteMemo;
  gate: GateMemory | null;
  weighed: Weighed | null;
  /** Until then (Unix ms) only its price can have it weighed anew; 0 where that is not known. */
  quietUntilMs: number;
  /** Slot of its last turn (Unix ms); 0 before the first. */
  turnAtMs: number;
  standing: Decision | null;
  signal: Signal | null;
  /** By source and kind of question: in how many rounds in a row a limit or a budget of ours kept it back; absent where none did. */
  heldBack?: Map<string, number>;
  /** Absent where no flag is a shadow. */
  shadow?: ShadowMemory;
};

/** The seat's place at the vote, if it has one. */
export function voterOf({ voters }: Pick<Desk, 'voters'>, seat: Seat): VotingSeat | null {
  for (const voter of voters) if (voter.seat === seat) return voter;
  return null;
}
