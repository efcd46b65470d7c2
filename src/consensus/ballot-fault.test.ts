import { describe, expect, test } from 'vitest';
import type { Ballot, VoteRules, Voter } from '../core/vote.ts';
import { ballotFault } from './ballot-fault.ts';

const RULES: VoteRules = {
  thetaMicro: 300_000,
  quorumPpb: 666_666_667,
  operatorsMin: 2,
  agreeMinMicro: 100_000,
};
const voter = (sourceId: string, weightPpb: number, ballot: Ballot): Voter => ({
  sourceId,
  operator: sourceId,
  weightPpb,
  ballot,
});
const said = (scoreMicro: number): Ballot => ({ state: 'answered', scoreMicro });
const open = (lowMicro: number, highMicro: number): Ballot => ({ state: 'open', lowMicro, highMicro });

test('a sound vote has none', () => {
  const voters = [
    voter('a', 400_000_000, said(-1_000_000)),
    voter('b', 600_000_000, open(5, 5)),
    voter('c', 0, { state: 'absent', reason: 'timeout' }),
  ];
  expect(ballotFault(RULES, voters)).toBeNull();
});

describe('rules out of range', () => {
  test.each<{ rules: Partial<VoteRules>; says: string }>([
    { rules: { thetaMicro: 0 }, says: 'theta' },
    { rules: { thetaMicro: 1_000_001 }, says: 'theta' },
    { rules: { thetaMicro: 0.5 }, says: 'theta' },
    { rules: { quorumPpb: 0 }, says: 'quorum' },
    { rules: { quorumPpb: 1_000_000_001 }, says: 'quorum' },
    { rules: { operatorsMin: 0 }, says: 'operatorsMin' },
    { rules: { agreeMinMicro: 0 }, says: 'agreeMin' },
    { rules: { agreeMinMicro: 1_000_001 }, says: 'agreeMin' },
    { rules: { scores: 'median' as 'trimmed' }, says: 'scores are "median"' },
  ])('$rules', ({ rules, says }) => {
    expect(ballotFault({ ...RULES, ...rules }, [voter('a', 1_000_000_000, said(0))])).toContain(says);
  });
});

describe('voters that cannot be counted', () => {
  const rest = (weightPpb: number): Voter => voter('rest', weightPpb, said(0));

  test.each<{ name: string; voters: readonly Voter[]; says: string }>([
    { name: 'nobody', voters: [], says: 'weights sum to 0 ppb' },
    { name: 'one ppb too few', voters: [rest(999_999_999)], says: 'weights sum to 999999999 ppb' },
    { name: 'a source twice', voters: [rest(500_000_000), rest(500_000_000)], says: 'rest votes twice' },
    {
      name: 'a negative weight',
      voters: [voter('a', -1, said(0)), rest(1_000_000_000)],
      says: 'weight of a is -1',
    },
    { name: 'a broken weight', voters: [voter('a', 0.5, said(0))], says: 'weight of a is 0.5' },
    { name: 'a score above 1', voters: [voter('a', 1e9, said(1_000_001))], says: 'score 1000001' },
    { name: 'a score below -1', voters: [voter('a', 1e9, said(-1_000_001))], says: 'score -1000001' },
    { name: 'a broken score', voters: [voter('a', 1e9, said(0.1))], says: 'score 0.1' },
    { name: 'a range turned round', voters: [voter('a', 1e9, open(2, 1))], says: 'range 2 to 1' },
    { name: 'a range beyond -1', voters: [voter('a', 1e9, open(-1_000_001, 1))], says: 'range -1000001' },
    {
      name: 'a range learned from nothing',
      voters: [voter('a', 1e9, { state: 'open', lowMicro: -1, highMicro: 1, pairs: 0 })],
      says: 'a range learned from 0 audits',
    },
    { name: 'a range beyond 1', voters: [voter('a', 1e9, open(1, 1_000_001))], says: 'range 1 to 1000001' },
  ])('$name', ({ voters, says }) => {
    expect(ballotFault(RULES, voters)).toContain(says);
  });
});
