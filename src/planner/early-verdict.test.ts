import { describe, expect, test } from 'vitest';
import type { Ballot, Voter } from '../core/vote.ts';
import { type AskedAll, type AskingOrder, earlyStanding } from './early-verdict.ts';

const OPEN: Ballot = { state: 'open', lowMicro: -1_000_000, highMicro: 1_000_000 };
const SAID: Ballot = { state: 'answered', scoreMicro: 500_000 };
const LATE: Ballot = { state: 'absent', reason: 'timeout' };

/** Free a and b, paid c (much weight) and d; those in `known` have told before. */
function asked(arrivals: string[], known: string[] = []): AskedAll {
  const voters = [
    { sourceId: 'a', priceUsd: 0, weightPpb: 100_000_000 },
    { sourceId: 'b', priceUsd: 0, weightPpb: 200_000_000 },
    { sourceId: 'c', priceUsd: 0.01, weightPpb: 500_000_000 },
    { sourceId: 'd', priceUsd: 0.01, weightPpb: 200_000_000 },
  ].map((voter) => ({ ...voter, operator: voter.sourceId }));
  return {
    start: voters.map((voter) => ({ ...voter, ballot: known.includes(voter.sourceId) ? SAID : OPEN })),
    end: voters.map((voter) => ({
      ...voter,
      ballot: [...arrivals, ...known].includes(voter.sourceId) ? SAID : LATE,
    })),
    arrivals,
  };
}

const heardOf = (voters: readonly Voter[] | null): string | null =>
  voters?.flatMap(({ sourceId, ballot }) => (ballot.state === 'open' ? [] : [sourceId])).join('') ?? null;

const ALL = ['d', 'c', 'b', 'a'];
type Case = readonly [string, AskedAll, AskingOrder['policy'], boolean, heard: number, string | null];

describe('a vote in which everyone was asked', () => {
  test.each<Case>([
    ['is over at once where what was known decides', asked(['d', 'c', 'b'], ['a']), 'balanced', true, 1, 'a'],
    ['hears the fastest first where all are asked together', asked(ALL), 'fast', true, 2, 'cd'],
    ['hears those that cost nothing first, the fastest of them', asked(ALL), 'balanced', true, 1, 'b'],
    ['goes on to those that cost, the fastest of them', asked(ALL), 'balanced', true, 3, 'abd'],
    ['goes by weight per dollar where it is frugal', asked(ALL), 'frugal', true, 3, 'abc'],
    ['goes by the given order where one source follows the other', asked(ALL), 'fast', false, 2, 'ab'],
    ['waits to the end for who never answered', asked(['d', 'c', 'a']), 'balanced', true, 3, 'acd'],
    ['spared nobody where the last one decided', asked(ALL), 'balanced', true, 4, null],
  ])('%s', (_title, all, policy, parallel, heard, expected) => {
    const isDecided = (voters: readonly Voter[]) => (heardOf(voters)?.length ?? 0) >= heard;
    expect(heardOf(earlyStanding(all, { policy, parallel }, isDecided))).toBe(expected);
  });
});
