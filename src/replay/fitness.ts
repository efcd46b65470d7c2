import type { AnalystSpec } from '../core/analyst.ts';
import type { ConsensusOptions } from '../core/options.ts';
import { WEIGHT_TOTAL_PPB } from '../core/vote.ts';

/** A source with a vote on an instrument. */
export type ReplayVoter = {
  readonly sourceId: string;
  readonly operator: string;
  readonly needs: AnalystSpec['needs'];
  readonly weightPpb: number;
  /** Whether what it said is recorded besides the bars. */
  readonly isRecorded: boolean;
};

/** What a replay can come to of one instrument, known before it begins. */
export type ReplayFitness = {
  readonly instrumentId: string;
  readonly canVote: readonly { readonly sourceId: string; readonly weightShare: number }[];
  readonly cannot: readonly {
    readonly sourceId: string;
    readonly weightShare: number;
    readonly needs: string;
  }[];
  /** Of those who can vote, 0..1. */
  readonly weightShare: number;
  /** Why every decision on it would abstain or hold; empty where it need not. */
  readonly obstacles: readonly string[];
};

type Rules = Pick<ConsensusOptions, 'quorum' | 'operatorsMin' | 'priceOperatorsMin'>;

/** Bars serve those who read bars; whatever else a source says must have been recorded. */
export function replayFitness(
  instrumentId: string,
  voters: readonly ReplayVoter[],
  watchOperators: readonly string[],
  { quorum, operatorsMin, priceOperatorsMin }: Rules,
): ReplayFitness {
  const able = voters.filter(({ needs, isRecorded }) => needs === 'bars' || isRecorded);
  const shareOf = (some: readonly ReplayVoter[]): number =>
    some.reduce((sum, { weightPpb }) => sum + weightPpb, 0) / WEIGHT_TOTAL_PPB;
  const weightShare = shareOf(able);
  const operators = new Set(able.map(({ operator }) => operator)).size;
  const watched = new Set(watchOperators).size;
  const obstacles: string[] = [];
  if (watched < priceOperatorsMin)
    obstacles.push(`${watched} of ${priceOperatorsMin} operators that must show a price are configured to`);
  if (weightShare < quorum)
    obstacles.push(
      `those who can vote have ${percent(weightShare)} of the weight, and the quorum is ${percent(quorum)}`,
    );
  if (operators < operatorsMin)
    obstacles.push(`${operators} of ${operatorsMin} operators that must agree on a direction can vote`);
  const named = ({ sourceId, weightPpb }: ReplayVoter) => ({
    sourceId,
    weightShare: weightPpb / WEIGHT_TOTAL_PPB,
  });
  return {
    instrumentId,
    canVote: able.map(named),
    cannot: voters
      .filter((voter) => !able.includes(voter))
      .map((voter) => ({ ...named(voter), needs: voter.needs })),
    weightShare,
    obstacles,
  };
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
