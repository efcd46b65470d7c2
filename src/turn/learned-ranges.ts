import type { Regime } from '../core/decision.ts';
import type { Ballot, Voter } from '../core/vote.ts';
import type { Remembered } from '../planner/drift-book.ts';
import type { VotingSeat } from './desk.ts';
import type { Round } from './round.ts';

/** A seat's opinion as it is remembered now; null where it has none. */
export function rememberedOf(
  { parts }: Round,
  { seat, desk }: VotingSeat,
  regime: Regime,
): Remembered | null {
  const { id: sourceId, ttlMs } = seat.options;
  if (desk.opinion === null) return null;
  const { score } = desk.opinion;
  return { sourceId, regime, score, ageMs: parts.clock.nowMs() - desk.agesFromMs, ttlMs };
}

/**
 * What mode `calibrated` makes of the open ballots of one vote: each lies as far from what its voter last said as that may
 * have drifted by the next heartbeat, for until then the decision may stand without being weighed anew. Equal voters get
 * equal ranges throughout the vote, whatever is learned meanwhile. In mode `certain`, and where all are asked: as they are.
 */
export function learnedRanges(round: Round, regime: Regime): (voters: readonly Voter[]) => readonly Voter[] {
  const { config, drift } = round.parts;
  if (config.consensus.mode !== 'calibrated' || round.isAnew) return (voters) => voters;
  const opinions = new Map<string, Remembered>();
  for (const voter of round.desk.voters) {
    const remembered = rememberedOf(round, voter, regime);
    if (remembered === null) continue;
    const ageMs = remembered.ageMs + config.planner.heartbeatMs;
    opinions.set(remembered.sourceId, { ...remembered, ageMs });
  }
  const ballots = new Map<string, Ballot>();
  return (voters) => {
    const unasked = voters.filter(({ ballot }) => ballot.state === 'open').length;
    return voters.map((voter) => {
      const remembered = opinions.get(voter.sourceId);
      if (voter.ballot.state !== 'open' || remembered === undefined) return voter;
      const key = `${voter.sourceId}|${unasked}`;
      const ballot = ballots.get(key) ?? drift.ballot(remembered, unasked);
      ballots.set(key, ballot);
      return { ...voter, ballot };
    });
  };
}
