import { SCORE_MICRO, type Voter } from '../core/vote.ts';

/**
 * S and W of a set of answers: X = S / W in millionths. |S| <= 1e6 x 1e9 = 1e15 < 2^53 and W <= 1e9, so sums
 * are exact doubles in any order, and X is compared with a bound b by S against b x W, which is as small.
 */
export type Tally = { readonly weightedMicro: number; readonly weightPpb: number };

const EMPTY_TALLY: Tally = { weightedMicro: 0, weightPpb: 0 };

export type ScoredVoter = {
  readonly operator: string;
  readonly weightPpb: number;
  readonly scoreMicro: number;
};

export function addScore(tally: Tally, weightPpb: number, scoreMicro: number): Tally {
  return {
    weightedMicro: tally.weightedMicro + weightPpb * scoreMicro,
    weightPpb: tally.weightPpb + weightPpb,
  };
}

/** Those who answered, with what they said. */
export function answeredOf(voters: readonly Voter[]): ScoredVoter[] {
  return voters.flatMap(({ operator, weightPpb, ballot }) =>
    ballot.state === 'answered' ? [{ operator, weightPpb, scoreMicro: ballot.scoreMicro }] : [],
  );
}

export function tallyOf(scored: readonly ScoredVoter[]): Tally {
  return scored.reduce((tally, voter) => addScore(tally, voter.weightPpb, voter.scoreMicro), EMPTY_TALLY);
}

/** X >= bound, for W > 0. */
export function isAtLeast({ weightedMicro, weightPpb }: Tally, boundMicro: number): boolean {
  return weightedMicro >= boundMicro * weightPpb;
}

/** X <= bound, for W > 0. */
export function isAtMost({ weightedMicro, weightPpb }: Tally, boundMicro: number): boolean {
  return weightedMicro <= boundMicro * weightPpb;
}

/**
 * X in [-1, 1], for W > 0: one division of two exact integers, so the nearest double, the same everywhere.
 */
export function meanScore({ weightedMicro, weightPpb }: Tally): number {
  return weightedMicro / (weightPpb * SCORE_MICRO);
}
