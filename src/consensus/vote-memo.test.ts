import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Ballot, SCORE_MICRO, type VoteRules, type Voter } from '../core/vote.ts';
import { decideVote } from './decide.ts';
import { VoteMemo } from './vote-memo.ts';
import { shareOut } from './weights.ts';

const SOURCES = ['a', 'b', 'c', 'd', 'e', 'f'];
const RULES: VoteRules = {
  thetaMicro: 300_000,
  quorumPpb: 600_000_000,
  operatorsMin: 2,
  agreeMinMicro: 100_000,
};

const anyScore = fc.constantFrom(-SCORE_MICRO, -300_000, -100_000, 0, 99_999, 300_000, 800_000, SCORE_MICRO);
const anyBallot: fc.Arbitrary<Ballot> = fc.oneof(
  fc.record({ state: fc.constant('answered' as const), scoreMicro: anyScore }),
  fc.record({ state: fc.constant('absent' as const), reason: fc.constantFrom('down', 'timeout') }),
  fc.constantFrom<Ballot>(
    { state: 'open', lowMicro: -SCORE_MICRO, highMicro: SCORE_MICRO },
    { state: 'open', lowMicro: -100_000, highMicro: 300_000 },
    { state: 'open', lowMicro: -100_000, highMicro: 300_000, pairs: 1_000 },
    { state: 'open', lowMicro: -100_000, highMicro: 300_000, pairs: 2_000 },
  ),
);
/** What changes from one vote to the next: nothing, one ballot, whose voice a voter is, the weights, the rules. */
const anyChange = fc.oneof(
  fc.constant({ kind: 'nothing' as const }),
  fc.record({ kind: fc.constant('ballot' as const), index: fc.nat(5), ballot: anyBallot }),
  fc.record({
    kind: fc.constant('operator' as const),
    index: fc.nat(5),
    operator: fc.constantFrom('x', 'y'),
  }),
  fc.record({ kind: fc.constant('weights' as const), first: fc.integer({ min: 1, max: 3 }) }),
  fc.record({
    kind: fc.constant('rules' as const),
    rules: fc.constantFrom<Partial<VoteRules>>(
      { thetaMicro: 450_000 },
      { quorumPpb: 900_000_000 },
      { operatorsMin: 3 },
      { agreeMinMicro: 300_000 },
      { scores: 'trimmed' },
      {},
    ),
  }),
);

function weighted(voters: readonly Voter[], first: number): Voter[] {
  const weights = shareOut(SOURCES.map((sourceId, index) => ({ sourceId, weight: index === 0 ? first : 1 })));
  return voters.map((voter) => ({ ...voter, weightPpb: weights.get(voter.sourceId) ?? 0 }));
}

test('whatever changes from vote to vote, the outcome is that of a vote held afresh', () => {
  fc.assert(
    fc.property(fc.array(anyChange, { minLength: 1, maxLength: 40 }), (changes) => {
      const memo = new VoteMemo();
      let rules = RULES;
      let voters = weighted(
        SOURCES.map((sourceId) => ({
          sourceId,
          operator: sourceId,
          weightPpb: 0,
          ballot: { state: 'answered', scoreMicro: 0 },
        })),
        1,
      );
      for (const change of changes) {
        if (change.kind === 'rules') rules = { ...RULES, ...change.rules };
        if (change.kind === 'weights') voters = weighted(voters, change.first);
        if (change.kind === 'ballot' || change.kind === 'operator') {
          const { index, kind, ...changed } = change;
          const next = voters.map((voter, at) => (at === index ? { ...voter, ...changed } : voter));
          // Ballots change in the list that was shown before, as they do while voters are asked.
          if (kind === 'ballot') voters.splice(0, next.length, ...next);
          else voters = next;
        }
        expect(memo.decide(rules, voters)).toEqual(decideVote(rules, voters));
      }
    }),
    { numRuns: 200 },
  );
});

test('equal inputs give the very outcome that was given before', () => {
  const memo = new VoteMemo();
  const vote = () =>
    weighted(
      SOURCES.map((sourceId) => ({
        sourceId,
        operator: sourceId,
        weightPpb: 0,
        ballot: { state: 'answered', scoreMicro: 500_000 },
      })),
      1,
    );
  expect(memo.decide({ ...RULES }, vote())).toBe(memo.decide({ ...RULES }, vote()));
});
