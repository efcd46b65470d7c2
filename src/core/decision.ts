import type { Provenance } from './answer.ts';
import { sameJson } from './canonical-json.ts';
import type { Currency } from './instrument.ts';
import type { BackupMeaning, Certificate, Verdict } from './vote.ts';

export type Regime = 'trend' | 'range' | 'volatile' | 'crisis';

/** Where the price of a decision comes from; made only from watch quotes. */
export type PriceFix = {
  readonly price: number;
  readonly currency: Currency;
  readonly asOfMs: number;
  readonly agreeing: readonly string[];
  readonly dissenting: readonly string[];
};

/** Who voted in the place of a voter that failed. */
export type StandIn = {
  readonly sourceId: string;
  readonly operator: string;
  readonly meaning: BackupMeaning;
  /** What its score was multiplied by, 0..1. */
  readonly discount: number;
  /** What it said itself, -1..1. */
  readonly score: number;
};

/** One voter's line in the make-up of a decision. */
export type VoteLine = {
  readonly sourceId: string;
  /** As it counted. */
  readonly score: number;
  readonly because: string;
  readonly dataAtMs: number;
  readonly provenance: Provenance;
  /** Whose opinion this is; absent where it is the voter's own. */
  readonly standIn?: StandIn;
};

/** A voter or watch source that did not count, and why. */
export type LeftOut = { readonly sourceId: string; readonly reason: string; readonly detail: string };

/** What Sextant says about one instrument in one cycle. Plain data: it is stored and shown as it stands. */
export type Decision = Verdict & {
  readonly instrumentId: string;
  readonly cycle: number;
  /** Start of the cycle (Unix ms). */
  readonly atMs: number;
  /** Weighted mean of the answered scores, whether the vote trimmed them or not; null below quorum or before a vote. */
  readonly score: number | null;
  /** Certified: what the score is at least (BUY) or at most, sign turned (SELL); null for HOLD and ABSTAIN. */
  readonly confidence: number | null;
  readonly regime: Regime | null;
  readonly price: PriceFix | null;
  /** In words, for ABSTAIN: what was found. */
  readonly detail: string;
  readonly certificate: Certificate;
  readonly votes: readonly VoteLine[];
  readonly leftOut: readonly LeftOut[];
  /**
   * The change gate behind which it stands: a price that moved by `moveMin` (share) from `price` has everything weighed
   * anew. Absent where it does not stand (ABSTAIN, no change gate) and in records that are older than this field.
   */
  readonly gate?: { readonly price: number; readonly moveMin: number };
  /** Hash of the configuration that decided. */
  readonly configVersion: string;
};

/** How a decision is named wherever something is said about it. */
export type DecisionRef = Pick<Decision, 'instrumentId' | 'cycle' | 'configVersion'> & {
  /** `AAPL@4711`: an instrument and a cycle have one decision. */
  readonly id: string;
};

export function decisionRef({
  instrumentId,
  cycle,
  configVersion,
}: Pick<Decision, 'instrumentId' | 'cycle' | 'configVersion'>): DecisionRef {
  return { id: `${instrumentId}@${cycle}`, instrumentId, cycle, configVersion };
}

/** Whether nothing changed that makes a new decision row: kind, reason, certificate, config version (design section 7.4). */
export function isSameDecision(decision: Decision, standing: Decision | null): boolean {
  return (
    standing !== null &&
    decision.kind === standing.kind &&
    decision.reason === standing.reason &&
    decision.configVersion === standing.configVersion &&
    isSameCertificate(decision.certificate, standing.certificate)
  );
}

/** A decision that is merely confirmed carries the very certificate that stood: most comparisons end there. */
function isSameCertificate(certificate: Certificate, standing: Certificate): boolean {
  return certificate === standing || sameJson(certificate, standing);
}
