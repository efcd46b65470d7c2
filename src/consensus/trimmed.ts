import type { Voter } from '../core/vote.ts';
import type { Bounds, Extreme } from './bounds.ts';
import { answeredOf, meanScore, type ScoredVoter, type Tally, tallyOf } from './tally.ts';

/**
 * Above this many open ballots their subsets are not searched; the vote then stays undecided, which is never
 * wrong.
 */
export const SEARCHED_OPEN_MAX = 10;

/** How many operators of a vote may lie without making a direction: f = floor(n / 3) of the n that have weight. */
export function liarsMax(voters: readonly Voter[]): number {
  return Math.floor(operatorsWithWeight(voters) / 3);
}

/** Distinct operators, mirrors counted once, among those that have weight. */
export function operatorsWithWeight(voters: readonly Pick<Voter, 'operator' | 'weightPpb'>[]): number {
  return new Set(voters.filter(({ weightPpb }) => weightPpb > 0).map(({ operator }) => operator)).size;
}

/**
 * X of trimmed scores, for answers of more than `liars` operators that have weight. With M(D) the weighted mean of the
 * scores without the operators of D, and D any set of at most `liars` operators:
 *
 *     X = min M(D) where that is above 0,  max M(D) where that is below 0,  else 0
 *
 * With equal weights that drops the f highest scores before a BUY is believed, and the f lowest before a SELL. Trimming
 * both ends at once, as in Dolev et al. (Reaching Approximate Agreement in the Presence of Faults, J. ACM 1986) and Yin
 * et al. (Byzantine-Robust Distributed Learning, ICML 2018), keeps X inside the span of the honest scores; but honest
 * analysts differ in sign, so inside that span two of six can still choose the side. Here they cannot: the true liars
 * are one of the sets D, so X >= theta implies that the honest alone have a mean of theta or more, and X <= -theta the
 * mirror image. What liars can do is to turn a direction into a HOLD. X rises with every score, or stays.
 */
export function trimmedTally(scored: readonly ScoredVoter[], liars: number): Tally {
  const operators = [...Map.groupBy(scored, ({ operator }) => operator).values()].map(tallyOf);
  const least = leastMean(operators, liars);
  if (least.weightedMicro > 0) return least;
  const greatest = mirrored(leastMean(operators.map(mirrored), liars));
  return greatest.weightedMicro < 0 ? greatest : { weightedMicro: 0, weightPpb: tallyOf(scored).weightPpb };
}

function mirrored({ weightedMicro, weightPpb }: Tally): Tally {
  return { weightedMicro: -weightedMicro, weightPpb };
}

/**
 * min M(D), exact: the method of Dinkelbach (On Nonlinear Fractional Programming, 1967). Against a mean S / W the sets D
 * that lower it most hold the operators with the greatest s W - S w; a mean that no set lowers is the least. The
 * products reach 1e24, hence BigInt.
 */
function leastMean(operators: readonly Tally[], dropMax: number): Tally {
  let least = sum(operators);
  for (;;) {
    const { weightedMicro, weightPpb } = least;
    const pulls = operators
      .map((tally) => ({
        tally,
        pull:
          BigInt(tally.weightedMicro) * BigInt(weightPpb) - BigInt(weightedMicro) * BigInt(tally.weightPpb),
      }))
      .sort((a, b) => (a.pull > b.pull ? -1 : a.pull < b.pull ? 1 : 0));
    const lower = sum(
      pulls.filter(({ pull }, rank) => rank >= dropMax || pull <= 0n).map(({ tally }) => tally),
    );
    if (!isLess(lower, least)) return least;
    least = lower;
  }
}

function sum(tallies: readonly Tally[]): Tally {
  return {
    weightedMicro: tallies.reduce((total, { weightedMicro }) => total + weightedMicro, 0),
    weightPpb: tallies.reduce((total, { weightPpb }) => total + weightPpb, 0),
  };
}

function isLess(a: Tally, b: Tally): boolean {
  return BigInt(a.weightedMicro) * BigInt(b.weightPpb) < BigInt(b.weightedMicro) * BigInt(a.weightPpb);
}

/**
 * Least and greatest X over all completions of the open ballots: for a fixed set of answering voters X is least with
 * all at their low end, so the sets are tried one by one. Null where the answers are of too few operators for X to have
 * a value, and above {@link SEARCHED_OPEN_MAX}.
 */
export function trimmedBounds(voters: readonly Voter[]): Bounds | null {
  const liars = liarsMax(voters);
  const answered = answeredOf(voters);
  if (operatorsWithWeight(answered) <= liars) return null;
  const open = voters.flatMap(({ ballot, ...voter }) =>
    ballot.state === 'open' ? [{ ...voter, ballot }] : [],
  );
  if (open.length > SEARCHED_OPEN_MAX) return null;
  const extreme = (end: 'lowMicro' | 'highMicro'): Extreme => {
    let found: Extreme | null = null;
    for (let members = 0; members < 2 ** open.length; members += 1) {
      const joining = open.filter((_, index) => (members & (1 << index)) !== 0);
      const scores = joining.map((voter) => ({ ...voter, scoreMicro: voter.ballot[end] }));
      const tally = trimmedTally([...answered, ...scores], liars);
      const isBeyond =
        found === null || (end === 'lowMicro' ? isLess(tally, found.tally) : isLess(found.tally, tally));
      if (isBeyond) {
        found = { tally, score: meanScore(tally), answering: joining.map(({ sourceId }) => sourceId) };
      }
    }
    return found as Extreme;
  };
  return { low: extreme('lowMicro'), high: extreme('highMicro') };
}
