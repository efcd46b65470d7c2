import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Ballot, Certificate, VoteRules, Voter } from '../core/vote.ts';
import { counterfactuals } from './counterfactuals.ts';
import { decideVote } from './decide.ts';
import { gateCertificate } from './verify-certificate.ts';

const RULES = { thetaMicro: 300_000, quorumPpb: 600_000_000, operatorsMin: 2, agreeMinMicro: 100_000 };
const said = (score: number): Ballot => ({ state: 'answered', scoreMicro: Math.round(score * 1e6) });
const OPEN: Ballot = { state: 'open', lowMicro: -1_000_000, highMicro: 1_000_000 };

function voterAt(index: number, voters: number): Omit<Voter, 'ballot'> {
  const sourceId = `s${index}`;
  return { sourceId, operator: `o${index}`, weightPpb: shareOf(index, voters) };
}

/** Equal weights that sum to a billion. */
function shareOf(index: number, voters: number): number {
  return Math.floor(1_000_000_000 / voters) + (index < 1_000_000_000 % voters ? 1 : 0);
}

function certificateOf(...ballots: readonly Ballot[]): Certificate {
  return certificateBy(RULES, ballots);
}

function certificateBy(rules: VoteRules, ballots: readonly Ballot[]): Certificate {
  const voters = ballots.map((ballot, index): Voter => ({ ...voterAt(index, ballots.length), ballot }));
  const outcome = decideVote(rules, voters);
  if (outcome.kind === 'undecided') throw new Error('the example is undecided');
  return outcome.certificate;
}

test('a broad majority hangs on no single source', () => {
  expect(counterfactuals(certificateOf(said(1), said(1), said(1), said(1), said(1)))).toEqual([]);
});

test('each source that alone would have changed the decision is named with what it would have come to', () => {
  expect(counterfactuals(certificateOf(said(1), said(0.5), said(-0.1), said(0)))).toEqual([
    { sourceId: 's0', change: 'absent', verdict: { kind: 'HOLD', reason: null } },
    { sourceId: 's0', change: 'reversed', verdict: { kind: 'HOLD', reason: null } },
    { sourceId: 's1', change: 'absent', verdict: { kind: 'ABSTAIN', reason: 'oneOperator' } },
    { sourceId: 's1', change: 'reversed', verdict: { kind: 'HOLD', reason: null } },
  ]);
});

test('a quorum that hangs on one source is named', () => {
  const absent: Ballot = { state: 'absent', reason: 'timeout' };
  expect(counterfactuals(certificateOf(said(0), said(0), said(0), absent, absent))).toEqual(
    ['s0', 's1', 's2'].map((sourceId) => ({
      sourceId,
      change: 'absent',
      verdict: { kind: 'ABSTAIN', reason: 'noQuorum' },
    })),
  );
});

test('another reason to abstain is another decision', () => {
  const found = counterfactuals(certificateOf(said(0.05), said(1)));
  expect(found).toContainEqual({
    sourceId: 's0',
    change: 'absent',
    verdict: { kind: 'ABSTAIN', reason: 'noQuorum' },
  });
});

test('where more would have had to be asked, no verdict is claimed', () => {
  const found = counterfactuals(certificateOf(said(1), said(1), said(1), OPEN));
  expect(found.map(({ sourceId, change, verdict }) => `${sourceId} ${change} ${verdict?.kind}`)).toEqual([
    's0 absent undefined',
    's0 reversed undefined',
    's1 absent undefined',
    's1 reversed undefined',
    's2 absent undefined',
    's2 reversed undefined',
  ]);
});

test('a decision by a gate hangs on no voter', () => {
  expect(counterfactuals(gateCertificate(RULES))).toEqual([]);
});

test('with trimmed scores the sources are named that carry what is left without a third of the operators', () => {
  const trimmed = { ...RULES, scores: 'trimmed' as const };
  const ballots = [said(1), said(0.9), said(0.8), said(0.4), said(0.3), said(0.2)];
  // Without the two highest the mean is 0.425. Reversed, s4 makes it 0.275 and those above it less; s5 makes it 0.325.
  const found = counterfactuals(certificateBy(trimmed, ballots));
  expect(found.map(({ sourceId, change, verdict }) => [sourceId, change, verdict?.kind])).toEqual(
    ['s0', 's1', 's2', 's3', 's4'].map((id) => [id, 'reversed', 'HOLD']),
  );
});

test('of every vote, however scores are made, exactly those changes are named that end it otherwise', () => {
  const anyBallot = fc.oneof(
    { weight: 5, arbitrary: fc.integer({ min: -10, max: 10 }).map((tenths) => said(tenths / 10)) },
    { weight: 1, arbitrary: fc.constantFrom<Ballot>(OPEN, { state: 'absent', reason: 'down' }) },
  );
  const anyScores = fc.constantFrom<Pick<VoteRules, 'scores'>>({}, { scores: 'trimmed' });
  fc.assert(
    fc.property(
      fc.tuple(anyBallot, anyBallot, anyBallot, anyBallot, anyBallot),
      anyScores,
      (ballots, scores) => {
        const rules = { ...RULES, ...scores };
        const voters = ballots.map((ballot, index): Voter => ({ ...voterAt(index, ballots.length), ballot }));
        const stood = decideVote(rules, voters);
        if (stood.kind === 'undecided') return;
        const expected = voters.flatMap(({ sourceId, ballot }, index) =>
          ballot.state !== 'answered'
            ? []
            : (
                [
                  ['absent', { state: 'absent', reason: 'x' }],
                  ['reversed', { state: 'answered', scoreMicro: -ballot.scoreMicro }],
                ] as const
              ).flatMap(([change, turned]) => {
                const outcome = decideVote(
                  rules,
                  voters.map((voter, at) => (at === index ? { ...voter, ballot: turned } : voter)),
                );
                const ended = outcome.kind === 'decided' ? outcome.verdict : null;
                return ended?.kind === stood.verdict.kind && ended.reason === stood.verdict.reason
                  ? []
                  : [{ sourceId, change, verdict: ended }];
              }),
        );
        expect(counterfactuals(stood.certificate)).toEqual(expected);
      },
    ),
    { numRuns: 300 },
  );
});
