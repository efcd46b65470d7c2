import type { ConsensusOptions } from '../core/options.ts';
import { toMicro, type VoteRules, WEIGHT_TOTAL_PPB } from '../core/vote.ts';

/** The rules of one vote as integers; shares below the resolution count as its smallest step, never as 0. */
export function voteRules(options: ConsensusOptions, theta: number): VoteRules {
  return {
    thetaMicro: Math.max(1, toMicro(theta)),
    quorumPpb: Math.max(1, Math.round(options.quorum * WEIGHT_TOTAL_PPB)),
    operatorsMin: options.operatorsMin,
    agreeMinMicro: Math.max(1, toMicro(options.agreeMin)),
    ...(options.scores === 'trimmed' ? { scores: options.scores } : {}),
  };
}
