import { type Ballot, SCORE_MICRO, type VoteRules, type Voter, WEIGHT_TOTAL_PPB } from '../core/vote.ts';

/**
 * What is wrong with the rules or the voters of a vote, in words, or null. Sound ones have whole numbers in
 * their ranges (theta and agreeMin 1..SCORE_MICRO, quorum 1..WEIGHT_TOTAL_PPB, at least one operator, scores trimmed or unsaid), every
 * source once, and weights that sum to WEIGHT_TOTAL_PPB; so every sum of weight x score stays within 1e15 <
 * 2^53 and is exact.
 */
export function ballotFault(rules: VoteRules, voters: readonly Voter[]): string | null {
  return rulesFault(rules) ?? votersFault(voters);
}

function rulesFault({
  thetaMicro,
  quorumPpb,
  operatorsMin,
  agreeMinMicro,
  scores,
}: VoteRules): string | null {
  if (!isWhole(thetaMicro, 1, SCORE_MICRO))
    return `theta is ${thetaMicro} millionths, not 1 to ${SCORE_MICRO}`;
  if (!isWhole(quorumPpb, 1, WEIGHT_TOTAL_PPB))
    return `quorum is ${quorumPpb} ppb, not 1 to ${WEIGHT_TOTAL_PPB}`;
  if (!isWhole(operatorsMin, 1, Number.MAX_SAFE_INTEGER))
    return `operatorsMin is ${operatorsMin}, not 1 or more`;
  if (!isWhole(agreeMinMicro, 1, SCORE_MICRO)) {
    return `agreeMin is ${agreeMinMicro} millionths, not 1 to ${SCORE_MICRO}`;
  }
  if (scores !== undefined && scores !== 'trimmed')
    return `scores are "${String(scores)}", not trimmed or unsaid`;
  return null;
}

function votersFault(voters: readonly Voter[]): string | null {
  const seen = new Set<string>();
  let totalPpb = 0;
  for (const { sourceId, weightPpb, ballot } of voters) {
    if (seen.has(sourceId)) return `${sourceId} votes twice`;
    if (!isWhole(weightPpb, 0, WEIGHT_TOTAL_PPB)) return `weight of ${sourceId} is ${weightPpb} ppb`;
    const fault = rangeFault(ballot);
    if (fault !== null) return `ballot of ${sourceId}: ${fault}`;
    seen.add(sourceId);
    totalPpb += weightPpb;
  }
  return totalPpb === WEIGHT_TOTAL_PPB ? null : `weights sum to ${totalPpb} ppb, not ${WEIGHT_TOTAL_PPB}`;
}

function rangeFault(ballot: Ballot): string | null {
  switch (ballot.state) {
    case 'answered':
      return isScore(ballot.scoreMicro) ? null : `score ${ballot.scoreMicro} millionths`;
    case 'open':
      if (!(isScore(ballot.lowMicro) && isScore(ballot.highMicro) && ballot.lowMicro <= ballot.highMicro))
        return `range ${ballot.lowMicro} to ${ballot.highMicro} millionths`;
      return ballot.pairs === undefined || isWhole(ballot.pairs, 1, Number.MAX_SAFE_INTEGER)
        ? null
        : `a range learned from ${ballot.pairs} audits`;
    case 'absent':
      return null;
    default:
      return 'neither answered, open nor absent';
  }
}

function isScore(value: number): boolean {
  return isWhole(value, -SCORE_MICRO, SCORE_MICRO);
}

function isWhole(value: number, min: number, max: number): boolean {
  return Number.isInteger(value) && value >= min && value <= max;
}
