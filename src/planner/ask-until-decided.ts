import type { Clock } from '../core/clock.ts';
import type { ConsensusOptions } from '../core/options.ts';
import type { Ballot, Voter } from '../core/vote.ts';
import { inWaves, type WaveRules } from './in-waves.ts';
import { nextWave } from './wave.ts';

/** A voter of one vote: with its known ballot, or an open one and the means to ask. */
export type AskableVoter = Voter & {
  /** List price of one call in USD; null when only the bill tells. */
  readonly priceUsd: number | null;
  /** Puts the question; settles with the ballot it yields. Never rejects. Called at most once, only while open. */
  ask(): Promise<Ballot>;
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
 * Asks in waves until `isDecided` says that no further answer can change the outcome, or the time is up. Returns the
 * voters as they stand then: answered, absent, or still open because they were not needed. An answer that comes later
 * changes nothing here; whoever supplied `ask` may keep it for the next vote.
 */
export async function askUntilDecided(
  voters: readonly AskableVoter[],
  isDecided: (voters: readonly Voter[]) => boolean,
  rules: AskRules,
  clock: Clock,
): Promise<Voter[]> {
  /** In the order of the voters. */
  const ballots = voters.map(({ ballot }) => ballot);
  const unasked = new Set(voters.filter(({ ballot }) => ballot.state === 'open'));
  let closed = false;
  const standing = (): Voter[] =>
    voters.map(({ sourceId, operator, weightPpb, ballot }, index) => ({
      sourceId,
      operator,
      weightPpb,
      ballot: ballots[index] ?? ballot,
    }));
  const done = (): boolean => rules.stopWhenDecided && isDecided(standing());

  const put = async (voter: AskableVoter): Promise<void> => {
    unasked.delete(voter);
    const ballot = await voter.ask();
    if (!closed) ballots[voters.indexOf(voter)] = ballot;
  };
  const next = (): Promise<void>[] => chosen(rules, [...unasked]).map(put);

  await inWaves(
    next,
    done,
    rules.parallel ? rules : { ...rules, patienceMs: Number.POSITIVE_INFINITY },
    clock,
  );
  closed = true;
  if (!done()) {
    for (const [index, voter] of voters.entries()) {
      if (ballots[index]?.state === 'open') ballots[index] = voter.giveUp();
    }
  }
  return standing();
}

function chosen(rules: AskRules, candidates: readonly AskableVoter[]): AskableVoter[] {
  if (!rules.parallel) return candidates.slice(0, 1);
  const wave = new Set(nextWave(rules.stopWhenDecided ? rules.policy : 'fast', candidates));
  return candidates.filter(({ sourceId }) => wave.has(sourceId));
}
