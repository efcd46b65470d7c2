import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Certificate, SCORE_MICRO, toMicro, type Voter, WEIGHT_TOTAL_PPB } from '../core/vote.ts';
import { decisionOf } from './decision.testing.ts';
import { sharesOf } from './shares.ts';

const certificateOf = (voters: readonly Voter[]): Certificate => ({
  ...decisionOf('BUY').certificate,
  voters,
});

const anyBallot: fc.Arbitrary<Voter['ballot']> = fc.oneof(
  { weight: 3, arbitrary: fc.integer({ min: -SCORE_MICRO, max: SCORE_MICRO }).map(answeredBallot) },
  { weight: 1, arbitrary: fc.constant<Voter['ballot']>({ state: 'absent', reason: 'timeout' }) },
);

function answeredBallot(scoreMicro: number): Voter['ballot'] {
  return { state: 'answered', scoreMicro };
}

const anyVoters = fc
  .array(fc.tuple(fc.integer({ min: 1, max: 1_000 }), anyBallot), { minLength: 1, maxLength: 8 })
  .map((parts) => {
    const total = parts.reduce((sum, [part]) => sum + part, 0);
    return parts.map(([part, ballot], index): Voter => {
      const weightPpb = Math.floor((part / total) * WEIGHT_TOTAL_PPB);
      return { sourceId: `s${index}`, operator: `s${index}`, weightPpb, ballot };
    });
  });

describe('shares', () => {
  test('are each voter’s part of the answered weight times its score', () => {
    const { certificate } = decisionOf('BUY');
    expect(sharesOf(certificate, 0.325)).toEqual([
      { sourceId: 'alpaca', share: 0.375 },
      { sourceId: 'yahoo', share: -0.05 },
    ]);
  });

  test('add up to the score in millionths, each within one millionth of its exact part', () => {
    fc.assert(
      fc.property(anyVoters, (voters) => {
        let weight = 0;
        let sum = 0;
        for (const { weightPpb, ballot } of voters) {
          if (ballot.state !== 'answered') continue;
          weight += weightPpb;
          sum += weightPpb * ballot.scoreMicro;
        }
        fc.pre(weight > 0);
        const score = sum / (weight * SCORE_MICRO);
        const shares = sharesOf(certificateOf(voters), score);
        expect(shares.reduce((total, { share }) => total + toMicro(share), 0)).toBe(toMicro(score) + 0);
        for (const { sourceId, share } of shares) {
          const voter = voters.find((each) => each.sourceId === sourceId);
          if (voter?.ballot.state !== 'answered') throw new Error('only answers have shares');
          const exact = (voter.weightPpb * voter.ballot.scoreMicro) / weight;
          expect(Math.abs(toMicro(share) - exact)).toBeLessThan(1 + 1e-6);
        }
      }),
      { numRuns: 500 },
    );
  });

  test('a score that the ballots do not give is refused', () => {
    expect(() => sharesOf(decisionOf('BUY').certificate, 0.5)).toThrow('does not follow');
  });
});
