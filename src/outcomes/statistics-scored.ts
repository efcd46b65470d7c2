import type { Regime } from '../core/decision.ts';
import type { OutcomeRow } from '../core/ledger.ts';
import type { ResolvedOutcome, SignalOutcome } from '../core/outcome.ts';
import type { Side, Signal } from '../core/signal.ts';

/** What many outcomes have in common. */
export type Stratum = {
  readonly instrumentId: string;
  readonly side: Side;
  readonly regime: Regime;
  readonly configVersion: string;
};

/** A source that took a side: 1 is up, -1 is down. */
export type Leaning = { readonly sourceId: string; readonly way: 1 | -1 };

export type ScoredResult =
  | Pick<ResolvedOutcome, 'kind' | 'cause' | 'isAmbiguous' | 'grossReturn' | 'netReturn' | 'baselineReturn'>
  | Pick<Extract<SignalOutcome, { kind: 'unresolved' }>, 'kind' | 'reason'>;

/** A signal and what came of it: as much as statistics need. */
export type Scored = {
  /** When it was recorded (Unix ms). */
  readonly atMs: number;
  readonly stratum: Stratum;
  readonly leanings: readonly Leaning[];
  readonly confidence: number;
  readonly result: ScoredResult;
};

export function scoredOf({ signal, outcome }: OutcomeRow): Scored {
  return {
    atMs: outcome.atMs,
    stratum: signal,
    leanings: leaningsOf(signal.shares),
    confidence: signal.confidence,
    result: outcome,
  };
}

function leaningsOf(shares: Signal['shares']): Leaning[] {
  return shares.flatMap(({ sourceId, share }) =>
    share === 0 ? [] : [{ sourceId, way: share > 0 ? 1 : -1 }],
  );
}
