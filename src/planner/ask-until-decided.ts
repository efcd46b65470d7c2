import type { Clock } from '../core/clock.ts';
import type { ConsensusOptions } from '../core/options.ts';
import type { Ballot, Voter } from '../core/vote.ts';
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

export type AskRules = {
  readonly policy: ConsensusOptions['policy'];
  /** False: everybody is asked, decided or not. */
  readonly stopWhenDecided: boolean;
  /** False: one source at a time, in the given order. */
  readonly parallel: boolean;
  readonly deadlineAtMs: number;
  /** A wave that has not answered after this long no longer holds up the next one. */
  readonly patienceMs: number;
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
  const ballots = new Map(voters.map(({ sourceId, ballot }) => [sourceId, ballot]));
  const pending = new Map<string, Promise<void>>();
  const unasked = new Map(voters.filter(({ ballot }) => ballot.state === 'open').map((v) => [v.sourceId, v]));
  const standing = (): Voter[] =>
    voters.map(({ sourceId, operator, weightPpb, ballot }) => ({
      sourceId,
      operator,
      weightPpb,
      ballot: ballots.get(sourceId) ?? ballot,
    }));
  const done = (): boolean => rules.stopWhenDecided && isDecided(standing());
  const put = (voter: AskableVoter): void => {
    unasked.delete(voter.sourceId);
    const settled = voter.ask().then((ballot) => {
      // Only while somebody waits: after the deadline the outcome must not move any more.
      if (pending.delete(voter.sourceId)) ballots.set(voter.sourceId, ballot);
    });
    pending.set(voter.sourceId, settled);
  };

  while (!done() && clock.nowMs() < rules.deadlineAtMs) {
    const candidates = [...unasked.values()];
    const wave = rules.parallel
      ? new Set(nextWave(rules.stopWhenDecided ? rules.policy : 'fast', candidates))
      : new Set(candidates.slice(0, 1).map(({ sourceId }) => sourceId));
    for (const voter of candidates) if (wave.has(voter.sourceId)) put(voter);
    if (pending.size === 0) break;
    const waveEndsAtMs =
      unasked.size === 0
        ? rules.deadlineAtMs
        : Math.min(clock.nowMs() + rules.patienceMs, rules.deadlineAtMs);
    await settleWave(pending, done, waveEndsAtMs, clock);
  }

  const decided = done();
  pending.clear();
  if (!decided) {
    for (const voter of voters) {
      if (ballots.get(voter.sourceId)?.state === 'open') ballots.set(voter.sourceId, voter.giveUp());
    }
  }
  return standing();
}

/** Waits until all pending have settled, the vote is decided, or the moment has come. */
async function settleWave(
  pending: ReadonlyMap<string, Promise<void>>,
  done: () => boolean,
  endsAtMs: number,
  clock: Clock,
): Promise<void> {
  let over = false;
  let cancel = (): void => {};
  const timeUp = new Promise<void>((resolve) => {
    cancel = clock.at(endsAtMs, () => {
      over = true;
      resolve();
    });
  });
  while (pending.size > 0 && !over && !done()) await Promise.race([timeUp, ...pending.values()]);
  cancel();
}
