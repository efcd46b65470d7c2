/**
 * The ballot. Weights and scores are integers (parts per billion and millionths), so sums and comparisons are exact,
 * the order of addition cannot matter, and a certificate re-checks to the bit on any machine.
 */

/** Sum of all weights of the eligible voters. */
export const WEIGHT_TOTAL_PPB = 1_000_000_000;
export const SCORE_MICRO = 1_000_000;

/** A score in [-1, 1] as millionths, rounded half away from zero. */
export function toMicro(score: number): number {
  return Math.sign(score) * Math.round(Math.abs(score) * SCORE_MICRO);
}

export type Ballot =
  | { readonly state: 'answered'; readonly scoreMicro: number }
  /**
   * Not asked, or not yet answered: will answer inside the range or stay absent. `pairs`: the range was learned from so
   * many audited pairs, so it holds at a rate; without it, it holds for sure.
   */
  | {
      readonly state: 'open';
      readonly lowMicro: number;
      readonly highMicro: number;
      readonly pairs?: number;
    }
  /** Failed or refused: neither counts nor may still come. */
  | { readonly state: 'absent'; readonly reason: string };

/**
 * What a backup's data are beside those of the voter it stands in for: `equal` the same thing from elsewhere, `weaker` the
 * same thing worse (fewer venues, later), both read by the voter's own analyst; `different`: another kind, read by the backup's.
 */
export type BackupMeaning = 'equal' | 'weaker' | 'different';

export type Voter = {
  readonly sourceId: string;
  /** Who said what is in the ballot: of the backup where one stands in. */
  readonly operator: string;
  /** Normalised over the eligible and capped; all voters of one vote sum to WEIGHT_TOTAL_PPB. */
  readonly weightPpb: number;
  readonly ballot: Ballot;
};

export type VoteRules = {
  /** theta: X at or above it is BUY, at or below its negative SELL. */
  readonly thetaMicro: number;
  readonly quorumPpb: number;
  readonly operatorsMin: number;
  readonly agreeMinMicro: number;
  /** How the scores make X; the weighted mean of all where it is not said. */
  readonly scores?: 'trimmed';
};

export type DecisionKind = 'BUY' | 'SELL' | 'HOLD' | 'ABSTAIN';

/** Why a vote or a gate abstains. */
export const ABSTAIN_REASONS = {
  noSources: 'no enabled source may vote on this instrument now',
  marketClosed: 'the market is closed',
  noPrice: 'no watch source gave a price',
  unconfirmedPrice: 'only one operator could be asked for the price, and it must be confirmed',
  stalePrice: 'the newest price is too old',
  priceDisagreement: 'the watch sources disagree on the price',
  halted: 'the price stands still while the market is open: halted or frozen',
  discontinuity: 'the price jumped further than trading explains: a split, a wrong unit or a halt',
  noRegime: 'too few closed bars to judge the market',
  noQuorum: 'too little weight answered',
  oneOperator: 'too few independent operators agree',
  fault: 'Sextant itself failed on this instrument: a bug, please report it',
} as const;
export type AbstainReason = keyof typeof ABSTAIN_REASONS;

/** The rule of design section 3 that settled the vote. */
export type DecidingRule = 'gate' | 'noQuorum' | 'beyondTheta' | 'insideTheta' | 'oneOperator';

/** Everything needed to check a decision without asking anybody. */
export type Certificate = {
  readonly rule: DecidingRule;
  readonly rules: VoteRules;
  /** In order of source id. */
  readonly voters: readonly Voter[];
  /** Least and greatest X over all completions of the open ballots; null where no interval is stated. */
  readonly low: number | null;
  readonly high: number | null;
};

export type Verdict = {
  readonly kind: DecisionKind;
  /** Set exactly when kind is ABSTAIN. */
  readonly reason: AbstainReason | null;
};

/** What counts as the same outcome wherever two ways of deciding are compared. */
export function isSameVerdict(one: Verdict, other: Verdict): boolean {
  return one.kind === other.kind && one.reason === other.reason;
}
