/** The JSON that the API speaks. Types only: `web/` imports from here and from nowhere else. */

import type { Bar } from '../core/bar.ts';
import type { Decision } from '../core/decision.ts';
import type { CycleBody, OutcomeRow, SignalRow } from '../core/ledger.ts';
import type { DataLabel, LiveSource, LiveState } from '../core/live.ts';
import type { SignalOutcome } from '../core/outcome.ts';
import type { SignalEvent } from '../core/signal.ts';
import type { Statistics } from '../core/track-record.ts';

export type { Bar } from '../core/bar.ts';
export type { Decision, Regime } from '../core/decision.ts';
export type { FailureKind } from '../core/failure.ts';
export type { CycleBody, SignalRow } from '../core/ledger.ts';
export type { DataLabel, LiveSource, LiveState } from '../core/live.ts';
export type { SignalOutcome, UnresolvedReason } from '../core/outcome.ts';
export type { SignalEnd, SignalEvent } from '../core/signal.ts';
export type { Mean, MeasuredRate, Rate, SliceStatistics } from '../core/track-record.ts';
export type { AbstainReason, Certificate, DecisionKind, Voter } from '../core/vote.ts';

/** `GET /api/v1/decisions`. A decision is named by its `instrumentId` and `cycle`. */
export type DecisionsAnswer = {
  readonly decisions: readonly Decision[];
  /** Value of `cursor` for the next, older page; null at the end and for the standing decisions. */
  readonly nextCursor: string | null;
};

/** `GET /api/v1/signals`, newest first. */
export type SignalsAnswer = { readonly signals: readonly SignalRow[]; readonly nextCursor: string | null };

/** `GET /api/v1/signals/{id}`: a signal, how it ended, and the decision it came from. */
export type SignalAnswer = SignalRow & { readonly decision: Decision | null };

/** An outcome with its signal, and what kind of prices they rest on: null where the record does not tell. */
export type LabelledOutcome = OutcomeRow & { readonly label: DataLabel | null };

/** `GET /api/v1/outcomes`, newest first. */
export type OutcomesAnswer = {
  readonly outcomes: readonly LabelledOutcome[];
  readonly nextCursor: string | null;
};

/** `GET /api/v1/statistics`: over the outcomes on the kind of prices that `label` names, and no others. */
export type StatisticsAnswer = Statistics & { readonly label: DataLabel };

/** `GET /api/v1/sources`. */
export type SourcesAnswer = { readonly sources: readonly LiveSource[] };

/** `GET /api/v1/bars`: closed bars, oldest first. */
export type BarsAnswer = { readonly instrumentId: string; readonly bars: readonly Bar[] };

/** `GET /api/v1/state`. */
export type StateAnswer = LiveState;

/** `GET /health/live`. */
export type LiveAnswer = { readonly status: 'live' };

/** `GET /health/ready`: 503 when `notReady`, else 200; `degraded` decides, but something is wrong. */
export type ReadyAnswer = {
  readonly status: 'ready' | 'degraded' | 'notReady';
  readonly reasons: readonly string[];
};

/** Every answer with a status of 400 or more. */
export type ErrorAnswer = { readonly error: { readonly code: ErrorCode; readonly message: string } };

export type ErrorCode =
  | 'badRequest'
  | 'notFound'
  | 'methodNotAllowed'
  | 'wrongHost'
  | 'wrongOrigin'
  | 'unknownEvent'
  | 'tooManyStreams'
  | 'ledgerUnavailable'
  | 'internal';

/** What one SSE event of `GET /stream` carries. `seq` is the event's id too; `hash` is the entry's place in the chain. */
export type StreamEvent<Body> = {
  readonly seq: number;
  readonly atMs: number;
  readonly hash: string;
  readonly body: Body;
};

/** Event name -> data. Configuration rows of the ledger are not sent, so ids may skip a number. */
export type StreamEvents = {
  readonly decision: StreamEvent<Decision>;
  readonly signal: StreamEvent<SignalEvent>;
  readonly outcome: StreamEvent<SignalOutcome>;
  readonly cycle: StreamEvent<CycleBody>;
};
