import type { Voter } from '../core/vote.ts';
import { addScore, answeredOf, meanScore, type Tally, tallyOf } from './tally.ts';

/**
 * One end of the interval, and the completion that attains it: these answer at that end of their range, the
 * rest stay absent.
 */
export type Extreme = {
  readonly tally: Tally;
  readonly score: number;
  readonly answering: readonly string[];
};
export type Bounds = { readonly low: Extreme; readonly high: Extreme };

/**
 * Least and greatest X over all completions of the open ballots (design section 3):
 *
 *     L = min over T in subsets of U of (S + sum_T w_i l_i) / (W + sum_T w_i),   H = max, likewise with u_i
 *
 * Exact and greedy: a member moves the mean towards its own score, so it lowers the mean if and only if it
 * lies below it; taking members by ascending l_i, the first that does not lower it ends the search, as all
 * later ones lie higher still. Null while no weight has answered: X has no value then. Whether the quorum is
 * met is not asked here.
 */
export function bounds(voters: readonly Voter[]): Bounds | null {
  const answered = tallyOf(answeredOf(voters));
  if (answered.weightPpb === 0) return null;
  return { low: extreme(answered, voters, 'low'), high: extreme(answered, voters, 'high') };
}

type Candidate = { readonly sourceId: string; readonly weightPpb: number; readonly scoreMicro: number };

function extreme(answered: Tally, voters: readonly Voter[], end: 'low' | 'high'): Extreme {
  const sign = end === 'low' ? 1 : -1;
  const candidates = voters
    .flatMap(({ sourceId, weightPpb, ballot }): Candidate[] =>
      ballot.state === 'open'
        ? [{ sourceId, weightPpb, scoreMicro: end === 'low' ? ballot.lowMicro : ballot.highMicro }]
        : [],
    )
    .sort((a, b) => sign * (a.scoreMicro - b.scoreMicro) || (a.sourceId < b.sourceId ? -1 : 1));

  let tally = answered;
  const answering: string[] = [];
  for (const { sourceId, weightPpb, scoreMicro } of candidates) {
    if (sign * (scoreMicro * tally.weightPpb - tally.weightedMicro) >= 0) break;
    tally = addScore(tally, weightPpb, scoreMicro);
    answering.push(sourceId);
  }
  return { tally, score: meanScore(tally), answering };
}
