import type { Decision, VoteLine } from '../core/decision.ts';
import { type DecisionKind, SCORE_MICRO, type Voter } from '../core/vote.ts';

/** 2026-01-15 14:30:05 UTC: a Thursday, five seconds after the opening of the exchange. */
export const AT_MS = Date.UTC(2026, 0, 15, 14, 30, 5);

export function answered(sourceId: string, weightPpb: number, score: number): Voter {
  const ballot = { state: 'answered', scoreMicro: Math.round(score * SCORE_MICRO) } as const;
  return { sourceId, operator: sourceId, weightPpb, ballot };
}

export function voteLine(sourceId: string, score: number): VoteLine {
  return {
    sourceId,
    score,
    because: `the reason of ${sourceId}`,
    dataAtMs: AT_MS - 5_000,
    provenance: {
      sourceId,
      endpoint: 'stocks/bars',
      eventAtMs: AT_MS - 5_000,
      receivedAtMs: AT_MS,
      digest: '00112233aabbccdd',
    },
  };
}

/** Three voters, one of them not asked: 0.6 x 0.5 + 0.2 x -0.2 over 0.8 = 0.325. */
const VOTERS: readonly Voter[] = [
  answered('alpaca', 600_000_000, 0.5),
  {
    sourceId: 'xai',
    operator: 'xai',
    weightPpb: 200_000_000,
    ballot: { state: 'open', lowMicro: -SCORE_MICRO, highMicro: SCORE_MICRO },
  },
  answered('yahoo', 200_000_000, -0.2),
];

/** A decision on AAPL of the kind; a SELL has all scores turned. */
export function decisionOf(kind: DecisionKind, fields: Partial<Decision> = {}): Decision {
  const direction = kind === 'SELL' ? -1 : 1;
  const voters = VOTERS.map((voter): Voter => {
    if (voter.ballot.state !== 'answered') return voter;
    return { ...voter, ballot: { state: 'answered', scoreMicro: direction * voter.ballot.scoreMicro } };
  });
  const isDirectional = kind === 'BUY' || kind === 'SELL';
  return {
    kind,
    reason: kind === 'ABSTAIN' ? 'noQuorum' : null,
    instrumentId: 'AAPL',
    cycle: 7,
    atMs: AT_MS,
    score: kind === 'ABSTAIN' ? null : direction * 0.325,
    confidence: isDirectional ? 0.26 : null,
    regime: 'trend',
    price: {
      price: 171.2,
      currency: 'USD',
      asOfMs: AT_MS - 2_000,
      agreeing: ['alpaca', 'yahoo'],
      dissenting: [],
    },
    detail: '',
    certificate: {
      rule: kind === 'ABSTAIN' ? 'noQuorum' : kind === 'HOLD' ? 'insideTheta' : 'beyondTheta',
      rules: { thetaMicro: 250_000, quorumPpb: 666_666_667, operatorsMin: 2, agreeMinMicro: 100_000 },
      voters,
      low: kind === 'ABSTAIN' ? null : 0.26,
      high: kind === 'ABSTAIN' ? null : 0.46,
    },
    votes: [voteLine('alpaca', direction * 0.5), voteLine('yahoo', direction * -0.2)],
    leftOut: [],
    configVersion: 'c0ffee',
    ...fields,
  };
}
