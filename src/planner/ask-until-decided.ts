import type { Clock } from '../core/clock.ts';
import type { ConsensusOptions } from '../core/options.ts';
import type { Ballot, Voter } from '../core/vote.ts';
import { inWaves, type Waiting, type WaveRules } from './in-waves.ts';
import { nextWave } from './wave.ts';

/** A voter of one vote: with its known ballot, or an open one and the means to ask. */
export type AskableVoter = Voter & {
  /** List price of one call in USD; null when only the bill tells. */
  readonly priceUsd: number | null;
  /**
   * Puts the question. `told` hears the ballot that it yields, once and not before this returns; `broke`, that the code is
   * wrong, what `told` throws included. Called at most once, only while open.
   */
  ask(told: (ballot: Ballot) => void, broke: (error: unknown) => void): void;
  /** The ballot it leaves when the time is up without an answer. */
  giveUp(): Ballot;
};

export type AskRules = WaveRules & {
  readonly policy: ConsensusOptions['policy'];
  /** False: everybody is asked, decided or not. */
  readonly stopWhenDecided: boolean;
  /** False: one source at a time, in the given order. */
  readonly parallel: boolean;
};

/**
 * Asks in waves until `isDecided` says that no further answer can change the outcome, or the time is up. It is shown the
 * voters as they stand, always in the same list, which changes with every answer. Returns the voters as they stand at the
 * end: answered, absent, or still open because they were not needed. An answer that comes later changes nothing here;
 * whoever supplied `ask` may keep it for the next vote.
 */
export function askUntilDecided(
  voters: readonly AskableVoter[],
  isDecided: (voters: readonly Voter[]) => boolean,
  rules: AskRules,
  clock: Clock,
): Promise<readonly Voter[]> {
  /** In the order of the voters. */
  const standing = voters.map((voter) => withBallot(voter, voter.ballot));
  let unasked = voters.filter(({ ballot }) => ballot.state === 'open');
  let isOver = false;
  const start = ({ settled, broke }: Waiting): number => {
    const wave = chosen(rules, unasked);
    unasked = unasked.filter((voter) => !wave.includes(voter));
    for (const voter of wave) {
      const told = (ballot: Ballot): void => {
        if (isOver) return;
        standing[voters.indexOf(voter)] = withBallot(voter, ballot);
        settled();
      };
      voter.ask(told, broke);
    }
    return wave.length;
  };
  const done = (): boolean => rules.stopWhenDecided && isDecided(standing);
  const end = (): readonly Voter[] => {
    isOver = true;
    if (done()) return standing;
    voters.forEach((voter, index) => {
      if (standing[index]?.ballot.state === 'open') standing[index] = withBallot(voter, voter.giveUp());
    });
    return standing;
  };

  const patient = rules.parallel ? rules : { ...rules, patienceMs: Number.POSITIVE_INFINITY };
  return inWaves(start, done, patient, clock).then(end);
}

function withBallot({ sourceId, operator, weightPpb }: Voter, ballot: Ballot): Voter {
  return { sourceId, operator, weightPpb, ballot };
}

function chosen(rules: AskRules, unasked: readonly AskableVoter[]): readonly AskableVoter[] {
  if (!rules.parallel) return unasked.slice(0, 1);
  return nextWave(rules.stopWhenDecided ? rules.policy : 'fast', unasked);
}
