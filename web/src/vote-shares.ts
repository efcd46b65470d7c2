import type { Certificate } from '../../src/api/contract.ts';

/** What one answered source adds to the score: weight × score over the sum of answered weights. */
export type VoteShare = { readonly sourceId: string; readonly share: number };

const SCORE_MICRO = 1_000_000;
const WEIGHT_TOTAL_PPB = 1_000_000_000;

/** In the certificate's order, which is that of source ids. They add up to the score. */
export function voteShares({ voters }: Certificate): VoteShare[] {
  const answered = voters.flatMap(({ sourceId, weightPpb, ballot }) =>
    ballot.state === 'answered' ? [{ sourceId, weightPpb, scoreMicro: ballot.scoreMicro }] : [],
  );
  const sumPpb = answered.reduce((sum, { weightPpb }) => sum + weightPpb, 0);
  return answered.map(({ sourceId, weightPpb, scoreMicro }) => ({
    sourceId,
    share: ((weightPpb / sumPpb) * scoreMicro) / SCORE_MICRO,
  }));
}

export const scoreOf = (micro: number): number => micro / SCORE_MICRO;
export const weightOf = (ppb: number): number => ppb / WEIGHT_TOTAL_PPB;

/** A piece of the stacked bar, in score units. */
export type Segment = { readonly sourceId: string; readonly from: number; readonly to: number };

/** Positive shares stacked to the right of 0, negative ones to the left. */
export function stack(shares: readonly VoteShare[]): Segment[] {
  let [left, right] = [0, 0];
  return shares.map(({ sourceId, share }) => {
    if (share >= 0) {
      right += share;
      return { sourceId, from: right - share, to: right };
    }
    left += share;
    return { sourceId, from: left, to: left - share };
  });
}
