import type { Ballot, Certificate, Verdict, Voter } from '../core/vote.ts';
import { decideVote } from './decide.ts';

/** One answered source, and what the vote would have come to without it or with its score turned round. */
export type Counterfactual = {
  readonly sourceId: string;
  readonly change: 'absent' | 'reversed';
  /** Null where the vote would not have been decided by what was asked. */
  readonly verdict: Verdict | null;
};

/**
 * Which single source, absent or reversed, would have changed the decision: by source id, `absent` first,
 * only those that would. Weights stay as they are, as for a source that failed. Empty where a gate decided.
 * Throws RangeError on a certificate that is not sound: check it first.
 */
export function counterfactuals(certificate: Certificate): Counterfactual[] {
  if (certificate.rule === 'gate') return [];
  const { rules, voters } = certificate;
  const verdictOf = (changed: readonly Voter[]) => {
    const outcome = decideVote(rules, changed);
    return outcome.kind === 'decided' ? outcome.verdict : null;
  };
  const stood = verdictOf(voters);

  return voters.flatMap(({ sourceId, ballot }) => {
    if (ballot.state !== 'answered') return [];
    const ballots: readonly (readonly [Counterfactual['change'], Ballot])[] = [
      ['absent', { state: 'absent', reason: 'left out to see what it changes' }],
      ['reversed', { state: 'answered', scoreMicro: -ballot.scoreMicro }],
    ];
    return ballots
      .map(([change, turned]) => ({
        sourceId,
        change,
        verdict: verdictOf(
          voters.map((voter) => (voter.sourceId === sourceId ? { ...voter, ballot: turned } : voter)),
        ),
      }))
      .filter(({ verdict }) => verdict?.kind !== stood?.kind || verdict?.reason !== stood?.reason);
  });
}
