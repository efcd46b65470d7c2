import type { DecisionKind, VoteRules } from '../core/vote.ts';
import { isAtLeast, isAtMost, type ScoredVoter, type Tally } from './tally.ts';

/**
 * Which side of the threshold X lies on: BUY for X >= theta, SELL for X <= -theta, both inclusive; else HOLD.
 */
export type Side = Exclude<DecisionKind, 'ABSTAIN'>;

export function sideOf(tally: Tally, thetaMicro: number): Side {
  if (isAtLeast(tally, thetaMicro)) return 'BUY';
  return isAtMost(tally, -thetaMicro) ? 'SELL' : 'HOLD';
}

/** True where a score speaks for the side clearly enough to count as agreeing. */
export function agrees(scoreMicro: number, side: 'BUY' | 'SELL', agreeMinMicro: number): boolean {
  return (side === 'BUY' ? scoreMicro : -scoreMicro) >= agreeMinMicro;
}

/**
 * Whether these answers, whose X lies on `side`, lie beyond theta and yet too few operators agree with the side.
 */
export function fallsToOneOperator(rules: VoteRules, scored: readonly ScoredVoter[], side: Side): boolean {
  return side !== 'HOLD' && operatorsAgreeing(rules, scored, side) < rules.operatorsMin;
}

/** Distinct operators, mirrors counted once, among those that agree with the side. */
export function operatorsAgreeing(
  rules: VoteRules,
  scored: readonly ScoredVoter[],
  side: 'BUY' | 'SELL',
): number {
  const agreeing = scored.filter(({ scoreMicro }) => agrees(scoreMicro, side, rules.agreeMinMicro));
  return new Set(agreeing.map(({ operator }) => operator)).size;
}
