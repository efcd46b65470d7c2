import type { Signal } from '../core/signal.ts';
import { type Ballot, type Certificate, SCORE_MICRO, toMicro, type Voter } from '../core/vote.ts';

type Answered = Voter & { readonly ballot: Extract<Ballot, { state: 'answered' }> };

/**
 * Each answered voter's part of the score: weight x score over the answered weight, in millionths that add up to the
 * score exactly (largest remainders get the millionths that rounding left over; ties by order of the certificate).
 * Throws RangeError when the score does not follow from the certificate: that is a bug.
 */
export function sharesOf(certificate: Certificate, score: number): Signal['shares'] {
  const answered = certificate.voters.filter((voter): voter is Answered => voter.ballot.state === 'answered');
  const weight = answered.reduce((sum, voter) => sum + voter.weightPpb, 0);
  const parts = answered.map((voter) => {
    const exact = voter.weightPpb * voter.ballot.scoreMicro;
    const floor = Math.floor(exact / weight);
    return { sourceId: voter.sourceId, floor, remainder: exact - floor * weight };
  });
  const missing = toMicro(score) - parts.reduce((sum, { floor }) => sum + floor, 0);
  if (missing < 0 || missing > parts.length) {
    throw new RangeError(`a score of ${score} does not follow from the certificate's ballots`);
  }
  const byRemainder = [...parts].sort((a, b) => b.remainder - a.remainder);
  const raised = new Set(byRemainder.slice(0, missing));
  return parts.map((part) => ({
    sourceId: part.sourceId,
    share: (part.floor + (raised.has(part) ? 1 : 0)) / SCORE_MICRO,
  }));
}
