import type { Certificate, DecidingRule, Verdict, VoteRules, Voter } from '../core/vote.ts';
import { ballotFault } from './ballot-fault.ts';
import { type Bounds, bounds } from './bounds.ts';
import { agrees, fallsToOneOperator, operatorsAgreeing, sideOf } from './standing.ts';
import {
  answeredOf,
  isAtLeast,
  isAtMost,
  meanScore,
  type ScoredVoter,
  type Tally,
  tallyOf,
} from './tally.ts';
import { liarsMax, operatorsWithWeight, SEARCHED_OPEN_MAX, trimmedBounds, trimmedTally } from './trimmed.ts';

type Decided = {
  readonly kind: 'decided';
  readonly verdict: Verdict;
  readonly rule: DecidingRule;
  readonly certificate: Certificate;
  /** Weighted mean of the answered scores, -1..1, trimmed or not: the sum of what each adds; null below quorum. */
  readonly score: number | null;
  /** What X is certified to be at least (BUY), or at most with its sign turned (SELL); else null. */
  readonly confidence: number | null;
};

export type VoteOutcome =
  | Decided
  /**
   * Some completions of the open ballots end differently. The interval is null below quorum, where X may have
   * no value, and where trimmed scores are not searched.
   */
  | { readonly kind: 'undecided'; readonly low: number | null; readonly high: number | null };

/**
 * The decided/undecided rule of design section 3. A completion lets each open ballot answer inside its range
 * or stay absent; the vote is decided if and only if all completions end in the same verdict, reason included
 * (only if, where more than `SEARCHED_OPEN_MAX` are open in narrow ranges or with trimmed scores). With no open ballot it is the
 * plain decision. The order of `voters` does not matter.
 *
 * The quorum is W >= q within `voters.length` ppb, more than rounding can take from W or add to q. With trimmed
 * scores it is also answers of more operators than may be dropped: below that X has no value.
 *
 * Throws RangeError on voters or rules that `ballotFault` finds fault with: an engine that builds such a vote
 * is wrong.
 */
export function decideVote(rules: VoteRules, voters: readonly Voter[]): VoteOutcome {
  const fault = ballotFault(rules, voters);
  if (fault !== null) throw new RangeError(`no vote can be held: ${fault}`);

  const sorted = [...voters].sort((a, b) => (a.sourceId < b.sourceId ? -1 : 1));
  const answered = answeredOf(sorted);
  const able = sorted.filter(({ ballot }) => ballot.state !== 'absent');
  const isTrimmed = rules.scores === 'trimmed';
  const liars = isTrimmed ? liarsMax(sorted) : 0;
  const meetsQuorum = (group: readonly Pick<Voter, 'operator' | 'weightPpb'>[]) => {
    const weightPpb = group.reduce((sum, voter) => sum + voter.weightPpb, 0);
    if (weightPpb === 0 || weightPpb + sorted.length < rules.quorumPpb) return false;
    return !isTrimmed || operatorsWithWeight(group) > liars;
  };
  const tallyAs: TallyAs = isTrimmed ? (scored) => trimmedTally(scored, liars) : tallyOf;

  const hasQuorum = meetsQuorum(answered);
  const interval = hasQuorum ? (isTrimmed ? trimmedBounds(sorted) : bounds(sorted)) : null;
  if (interval === null) {
    if (hasQuorum || meetsQuorum(able)) return { kind: 'undecided', low: null, high: null };
    const verdict: Verdict = { kind: 'ABSTAIN', reason: 'noQuorum' };
    const certificate: Certificate = { rule: 'noQuorum', rules, voters: sorted, low: null, high: null };
    return { kind: 'decided', verdict, rule: 'noQuorum', certificate, score: null, confidence: null };
  }

  const low = interval.low.score;
  const high = interval.high.score;
  const settled = settle(rules, sorted, answered, interval, tallyAs);
  if (settled === null) return { kind: 'undecided', low, high };
  const { verdict, rule } = settled;
  return {
    kind: 'decided',
    verdict,
    rule,
    certificate: { rule, rules, voters: sorted, low, high },
    score: meanScore(tallyOf(answered)),
    confidence: verdict.kind === 'BUY' ? low : verdict.kind === 'SELL' ? -high : null,
  };
}

/** X of a set of answers as S / W. */
type TallyAs = (scored: readonly ScoredVoter[]) => Tally;

type Settled = { readonly verdict: Verdict; readonly rule: DecidingRule };

const ONE_OPERATOR: Settled = { verdict: { kind: 'ABSTAIN', reason: 'oneOperator' }, rule: 'oneOperator' };

/** The rule that settles a vote at quorum, or null where none does. */
function settle(
  rules: VoteRules,
  voters: readonly Voter[],
  answered: readonly ScoredVoter[],
  { low, high }: Bounds,
  tallyAs: TallyAs,
): Settled | null {
  const { thetaMicro } = rules;
  if (isAtLeast(low.tally, thetaMicro)) return settleSide('BUY', rules, voters, answered);
  if (isAtMost(high.tally, -thetaMicro)) return settleSide('SELL', rules, voters, answered);
  if (!isAtMost(low.tally, -thetaMicro) && !isAtLeast(high.tally, thetaMicro)) {
    return { verdict: { kind: 'HOLD', reason: null }, rule: 'insideTheta' };
  }
  return fallsToOneOperatorAlways(rules, voters, answered, tallyAs) ? ONE_OPERATOR : null;
}

/** Every completion lies on this side of theta: only how many operators agree is left to settle. */
function settleSide(
  side: 'BUY' | 'SELL',
  rules: VoteRules,
  voters: readonly Voter[],
  answered: readonly ScoredVoter[],
): Settled | null {
  if (operatorsAgreeing(rules, answered, side) >= rules.operatorsMin) {
    return { verdict: { kind: side, reason: null }, rule: 'beyondTheta' };
  }
  const able = voters.filter(({ ballot }) => {
    if (ballot.state === 'absent') return false;
    const most =
      ballot.state === 'answered' ? ballot.scoreMicro : side === 'BUY' ? ballot.highMicro : ballot.lowMicro;
    return agrees(most, side, rules.agreeMinMicro);
  });
  return new Set(able.map(({ operator }) => operator)).size < rules.operatorsMin ? ONE_OPERATOR : null;
}

/**
 * The interval holds both +theta and -theta, and still no completion may be anything but "one operator": a
 * heavy open voter of narrow range can throw X from one side to the other past everything between. For a
 * fixed set of answering voters, X takes every value between all at their low and all at their high end, in
 * steps below a millionth, so it skips the inside of theta only where both ends lie on one side, and those
 * two ends hold the most operators that can agree. The set of all comes first: where all ranges are full, it
 * ends the search at once.
 */
function fallsToOneOperatorAlways(
  rules: VoteRules,
  voters: readonly Voter[],
  answered: readonly ScoredVoter[],
  tallyAs: TallyAs,
): boolean {
  const open = voters.flatMap(({ operator, weightPpb, ballot }) =>
    ballot.state === 'open' ? [{ operator, weightPpb, ballot }] : [],
  );
  if (open.length > SEARCHED_OPEN_MAX) return false;
  for (let members = 2 ** open.length - 1; members >= 0; members -= 1) {
    const joining = open.filter((_, index) => (members & (1 << index)) !== 0);
    const atLow = [...answered, ...joining.map((voter) => ({ ...voter, scoreMicro: voter.ballot.lowMicro }))];
    const atHigh = [
      ...answered,
      ...joining.map((voter) => ({ ...voter, scoreMicro: voter.ballot.highMicro })),
    ];
    const side = sideOf(tallyAs(atLow), rules.thetaMicro);
    if (sideOf(tallyAs(atHigh), rules.thetaMicro) !== side) return false;
    if (!fallsToOneOperator(rules, atLow, side) || !fallsToOneOperator(rules, atHigh, side)) return false;
  }
  return true;
}
