import { describe, expect, test } from 'vitest';
import { AT_MS, decisionOf } from './decision.testing.ts';
import { explainDecision } from './explain.ts';

describe('a decision in plain words', () => {
  test('a BUY tells price, votes, who was not heard, and why that does not matter', () => {
    expect(explainDecision(decisionOf('BUY'))).toEqual([
      'AAPL: BUY, decided at 2026-01-15 14:30:05 UTC in cycle 7',
      'score +0.33 against a threshold of 0.25 in a trending market',
      'confidence at least 0.26',
      'price 171.20 USD of 2026-01-15 14:30:03 UTC, from alpaca and yahoo',
      'alpaca voted +0.50 with 60.0 % of the weight, +0.38 of the score: the reason of alpaca (data of 2026-01-15 14:30:00 UTC, stocks/bars, answer 00112233aabbccdd)',
      'yahoo voted -0.20 with 20.0 % of the weight, -0.05 of the score: the reason of yahoo (data of 2026-01-15 14:30:00 UTC, stocks/bars, answer 00112233aabbccdd)',
      'xai, with 20.0 % of the weight, was not heard: it was taken to be absent or anything from -1.00 to +1.00',
      'certificate: decided, whatever was still open: the score lies between +0.26 and +0.46, at or beyond the threshold of 0.25, and 2 or more operators agree',
      'configuration c0ffee',
    ]);
  });

  test('an abstention tells its reason, what was found and who was left out', () => {
    const { certificate } = decisionOf('ABSTAIN');
    const decision = decisionOf('ABSTAIN', {
      reason: 'priceDisagreement',
      detail: 'alpaca 171.20, yahoo 180.00',
      regime: null,
      price: {
        price: 171.2,
        currency: 'USD',
        asOfMs: AT_MS,
        agreeing: ['alpaca', 'finnhub', 'massive'],
        dissenting: ['yahoo'],
      },
      votes: [],
      leftOut: [{ sourceId: 'coinbase', reason: 'timeout', detail: 'no whole answer in 2000 ms' }],
      certificate: { ...certificate, rule: 'gate', voters: [] },
    });
    expect(explainDecision(decision)).toEqual([
      'AAPL: ABSTAIN, decided at 2026-01-15 14:30:05 UTC in cycle 7',
      'because the watch sources disagree on the price: alpaca 171.20, yahoo 180.00',
      'price 171.20 USD of 2026-01-15 14:30:05 UTC, from alpaca, finnhub and massive; yahoo disagreed',
      'coinbase was left out (timeout): no whole answer in 2000 ms',
      'certificate: a check before the vote settled it, no voter was needed',
      'configuration c0ffee',
    ]);
  });

  test.each([
    ['noQuorum', 'certificate: 80.0 % of the weight could answer, the quorum is 90.0 %'],
    ['insideTheta', 'certificate: decided, inside the threshold of 0.25'],
    [
      'oneOperator',
      'certificate: decided, beyond the threshold of 0.25, but fewer than 2 operators agree or could have',
    ],
  ] as const)('the rule %s reads "%s"', (rule, line) => {
    const { certificate } = decisionOf('ABSTAIN');
    const voters = certificate.voters.map((voter) =>
      voter.ballot.state === 'open'
        ? { ...voter, ballot: { state: 'absent', reason: 'timeout' } as const }
        : voter,
    );
    const rules = { ...certificate.rules, quorumPpb: 900_000_000 };
    expect(
      explainDecision(decisionOf('ABSTAIN', { certificate: { ...certificate, rule, rules, voters } })),
    ).toContain(line);
  });

  test('a range that was learned is called a rate and no proof', () => {
    const decision = decisionOf('BUY');
    const { certificate } = decision;
    const voters = certificate.voters.map((voter) =>
      voter.ballot.state === 'open'
        ? { ...voter, ballot: { ...voter.ballot, lowMicro: -100_000, highMicro: 300_000, pairs: 1_204 } }
        : voter,
    );
    expect(explainDecision({ ...decision, certificate: { ...certificate, voters } })).toContain(
      'xai, with 20.0 % of the weight, was not heard: it was taken to be absent or anything from -0.10 to +0.30, a range learned from 1204 audits: it holds at a rate, it is no proof',
    );
  });

  test('it says at which prices the gate would have opened, from the price at which it was weighed', () => {
    const confirmed = decisionOf('HOLD', { gate: { price: 170, moveMin: 0.005 } });
    expect(explainDecision(confirmed)).toContain(
      'change gate: it opens at about 169.15 and below and at about 170.85 and above, 0.50 % from 170.00 USD, at which it was weighed; sooner for a closed bar, an opinion that runs out, or the target or stop of a signal',
    );
    expect(explainDecision(decisionOf('HOLD')).join()).not.toMatch('gate: it opens');
  });

  test('what would have changed it comes last', () => {
    const lines = explainDecision(decisionOf('BUY'), [
      { sourceId: 'alpaca', change: 'absent', verdict: { kind: 'ABSTAIN', reason: 'noQuorum' } },
      { sourceId: 'alpaca', change: 'reversed', verdict: { kind: 'SELL', reason: null } },
      { sourceId: 'yahoo', change: 'reversed', verdict: null },
    ]);
    expect(lines.slice(-4, -1)).toEqual([
      'without alpaca the decision would have been ABSTAIN, because too little weight answered',
      'with the opposite from alpaca the decision would have been SELL',
      'with the opposite from yahoo more would have had to be asked',
    ]);
  });
});
