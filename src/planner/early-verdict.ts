import type { ConsensusOptions } from '../core/options.ts';
import type { Voter } from '../core/vote.ts';
import { type Candidate, nextWave } from './wave.ts';

/** Whom a vote that was not decided would have asked, and in which order their answers would have come. */
export type AskedAll = {
  /** Before anybody was asked: known ballots, and open ones. */
  readonly start: readonly (Voter & Candidate)[];
  /** When everybody had answered or the time was up. */
  readonly end: readonly Voter[];
  /** Ids of those that answered, the earliest first. */
  readonly arrivals: readonly string[];
};

export type AskingOrder = {
  readonly policy: ConsensusOptions['policy'];
  /** False: one source at a time, in the given order. */
  readonly parallel: boolean;
};

/**
 * The voters as they stood when `isDecided` would first have ended the asking, worked out from a vote in which everyone was
 * asked: each wave answers in the order of the real arrivals, and who never answered is waited for to the end. Null where
 * all of them would have been needed, so that nothing was to be spared.
 */
export function earlyStanding(
  { start, end, arrivals }: AskedAll,
  order: AskingOrder,
  isDecided: (voters: readonly Voter[]) => boolean,
): readonly Voter[] | null {
  const told = new Map(end.map((voter) => [voter.sourceId, voter]));
  const heard = new Set(start.flatMap(({ sourceId, ballot }) => (ballot.state === 'open' ? [] : [sourceId])));
  for (const next of [...answerOrder(start, arrivals, order), null]) {
    if (heard.size === start.length) return null;
    const standing = start.map(
      (voter) => (heard.has(voter.sourceId) ? told.get(voter.sourceId) : voter) ?? voter,
    );
    if (isDecided(standing)) return standing;
    if (next !== null) heard.add(next);
  }
  return null;
}

function answerOrder(start: AskedAll['start'], arrivals: readonly string[], order: AskingOrder): string[] {
  const late: string[] = [];
  const answered: string[] = [];
  let left = start.filter(({ ballot }) => ballot.state === 'open');
  while (left.length > 0) {
    const wave = order.parallel ? nextWave(order.policy, left) : left.slice(0, 1);
    const asked = wave.map(({ sourceId }) => sourceId);
    answered.push(...arrivals.filter((sourceId) => asked.includes(sourceId)));
    late.push(...asked.filter((sourceId) => !arrivals.includes(sourceId)));
    left = left.filter((voter) => !wave.includes(voter));
  }
  return [...answered, ...late];
}
