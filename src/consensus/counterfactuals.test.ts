import { expect, test } from 'vitest';
import type { Ballot, Certificate, Voter } from '../core/vote.ts';
import { counterfactuals } from './counterfactuals.ts';
import { decideVote } from './decide.ts';
import { gateCertificate } from './verify-certificate.ts';

const RULES = { thetaMicro: 300_000, quorumPpb: 600_000_000, operatorsMin: 2, agreeMinMicro: 100_000 };
const said = (score: number): Ballot => ({ state: 'answered', scoreMicro: Math.round(score * 1e6) });
const OPEN: Ballot = { state: 'open', lowMicro: -1_000_000, highMicro: 1_000_000 };

function certificateOf(...ballots: readonly Ballot[]): Certificate {
  const voters = ballots.map(
    (ballot, index): Voter => ({
      sourceId: `s${index}`,
      operator: `o${index}`,
      weightPpb: 1_000_000_000 / ballots.length,
      ballot,
    }),
  );
  const outcome = decideVote(RULES, voters);
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
