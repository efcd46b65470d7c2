import type { VoterDesk } from '../analysts/voter-desk.ts';
import type { GateMemory } from '../consensus/gates.ts';
import type { AnalystSpec } from '../core/analyst.ts';
import type { Decision } from '../core/decision.ts';
import type { Instrument } from '../core/instrument.ts';
import type { SourceOptions } from '../core/options.ts';
import type { Signal } from '../core/signal.ts';
import type { Source } from '../core/source.ts';
import type { Weighed } from '../planner/change-gate.ts';
import type { MarketDesk } from '../signals/market-desk.ts';

/** A configured source with the provider it speaks to and the analyst that reads it. */
export type Seat = {
  readonly options: SourceOptions;
  readonly source: Source;
  readonly analyst: AnalystSpec;
};

/** A seat at one instrument's vote. */
export type VotingSeat = { readonly seat: Seat; readonly desk: VoterDesk; readonly weightPpb: number };

/** All that is remembered of one instrument between cycles. */
export type Desk = {
  readonly instrument: Instrument;
  readonly market: MarketDesk;
  /** Seats that give the price, most trusted first. */
  readonly watchers: readonly Seat[];
  readonly voters: readonly VotingSeat[];
  gate: GateMemory | null;
  weighed: Weighed | null;
  standing: Decision | null;
  signal: Signal | null;
};
