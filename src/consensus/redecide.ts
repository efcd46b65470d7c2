import type { Decision, Regime } from '../core/decision.ts';
import { SCORE_MICRO, type Verdict, type VoteRules, type Voter } from '../core/vote.ts';
import { decideVote } from './decide.ts';

/** How a configuration votes on one instrument. */
export type Polls = {
  readonly rules: (regime: Regime) => VoteRules;
  /** Who may vote; their weights sum to WEIGHT_TOTAL_PPB. */
  readonly voters: readonly Omit<Voter, 'ballot'>[];
};

export type Redecided =
  /** A gate decided before any vote: no weight and no threshold changes that. */
  | { readonly kind: 'gate' }
  | { readonly kind: 'decided'; readonly verdict: Verdict }
  /** The ballots that were known do not settle it: more would have been asked. */
  | { readonly kind: 'open' };

/**
 * Holds the vote of a recorded decision under other rules, weights and voters, from the ballots in its certificate: what
 * was answered is answered, what failed is absent, what was open is open, and so is who was no voter then.
 */
export function redecide({ certificate, regime }: Decision, { rules, voters }: Polls): Redecided {
  if (certificate.rule === 'gate' || regime === null) return { kind: 'gate' };
  const known = new Map(certificate.voters.map((voter) => [voter.sourceId, voter]));
  const ballots = voters.map((voter): Voter => {
    const { operator, ballot } = known.get(voter.sourceId) ?? { ...voter, ballot: UNASKED };
    return { ...voter, operator, ballot };
  });
  if (ballots.length === 0) return { kind: 'decided', verdict: { kind: 'ABSTAIN', reason: 'noSources' } };
  const vote = decideVote(rules(regime), ballots);
  return vote.kind === 'decided' ? { kind: 'decided', verdict: vote.verdict } : { kind: 'open' };
}

const UNASKED = { state: 'open', lowMicro: -SCORE_MICRO, highMicro: SCORE_MICRO } as const;
