import { canonicalJson } from '../core/canonical-json.ts';
import type { Decision, VoteLine } from '../core/decision.ts';
import type { ConsensusOptions, SignalOptions } from '../core/options.ts';
import { type AbstainReason, type Certificate, toMicro, type VoteRules } from '../core/vote.ts';
import { ballotFault } from './ballot-fault.ts';
import { decideVote } from './decide.ts';
import { voteRules } from './vote-rules.ts';
import { capPpb } from './weights.ts';

/** The certificate of a decision that a gate made: nobody was asked, so no voter and no interval is in it. */
export function gateCertificate(rules: VoteRules): Certificate {
  return { rule: 'gate', rules, voters: [], low: null, high: null };
}

const VOTED_REASONS: ReadonlySet<AbstainReason | null> = new Set<AbstainReason>(['noQuorum', 'oneOperator']);

/**
 * Holds the vote of a stored decision again from its certificate alone and returns the first thing that does
 * not follow from it, in words, or null. The rules of the vote must be those of `config`, the recorded configuration
 * that decided, for the decision's regime; null where none is on record, and nothing is held against it. Price, regime
 * and times do not follow from a certificate; the chain guards them. Never throws, whatever was stored.
 */
export function checkCertificate(decision: Decision, config: unknown = null): string | null {
  try {
    const fault = decision.certificate.rule === 'gate' ? gateFault(decision) : voteFault(decision);
    return fault ?? rulesFault(decision, config);
  } catch (error) {
    // A stored row is input from outside: fields may be missing or of another type than the code was compiled
    // with.
    return `the decision cannot be read: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/** The part of a recorded configuration that makes the rules of a vote. */
type RecordedRules = {
  readonly consensus?: ConsensusOptions;
  readonly signals?: Pick<SignalOptions, 'thresholds'>;
};

/** A decision that a gate made before the regime was known carries the rules of a market in range. */
function rulesFault({ regime, certificate: { rules }, votes }: Decision, config: unknown): string | null {
  const { consensus, signals } = (config ?? {}) as RecordedRules;
  if (consensus === undefined || signals === undefined) return null;
  for (const { standIn } of votes) {
    if (standIn === undefined) continue;
    const configured = consensus.backupDiscounts[standIn.meaning];
    if (standIn.discount !== configured)
      return `${standIn.sourceId} is discounted to ${standIn.discount}, but its configuration says ${configured}`;
  }
  const stated = canonicalJson(rules);
  const configured = canonicalJson(voteRules(consensus, signals.thresholds[regime ?? 'range']));
  return stated === configured ? null : `its rules are ${stated}, but its configuration says ${configured}`;
}

function gateFault({ kind, reason, score, confidence, votes, certificate }: Decision): string | null {
  if (kind !== 'ABSTAIN') return `a gate gave ${kind}, but gates only abstain`;
  if (reason === null || VOTED_REASONS.has(reason))
    return `a gate abstained for "${reason}", which no gate finds`;
  if (score !== null || confidence !== null) return 'a score is stated, but a gate decided before any vote';
  if (certificate.low !== null || certificate.high !== null)
    return 'an interval is stated, but a gate decided';
  if (certificate.voters.length > 0 || votes.length > 0)
    return 'votes are stated, but a gate decided before any';
  return null;
}

type Claim = string | number | null;

function voteFault(decision: Decision): string | null {
  const { certificate } = decision;
  const { rules, voters } = certificate;
  const fault = ballotFault(rules, voters) ?? weightsFault(certificate) ?? votesFault(decision);
  if (fault !== null) return fault;

  const outcome = decideVote(rules, voters);
  if (outcome.kind === 'undecided') return 'the open ballots can still change the decision';
  const claims: readonly (readonly [name: string, stored: Claim, follows: Claim])[] = [
    ['rule', certificate.rule, outcome.rule],
    ['kind', decision.kind, outcome.verdict.kind],
    ['reason', decision.reason, outcome.verdict.reason],
    ['low', certificate.low, outcome.certificate.low],
    ['high', certificate.high, outcome.certificate.high],
    ['score', decision.score, outcome.score],
    ['confidence', decision.confidence, outcome.confidence],
  ];
  const wrong = claims.find(([, stored, follows]) => stored !== follows);
  return wrong === undefined ? null : `${wrong[0]} is ${wrong[1]}, but from the ballots follows ${wrong[2]}`;
}

function weightsFault({ voters }: Certificate): string | null {
  const cap = capPpb(voters.length);
  const heavy = voters.find(({ weightPpb }) => weightPpb > cap);
  if (heavy !== undefined)
    return `weight of ${heavy.sourceId} is ${heavy.weightPpb} ppb, above the cap of ${cap}`;
  const unsorted = voters.find(
    ({ sourceId }, index) => index > 0 && (voters[index - 1]?.sourceId ?? '') > sourceId,
  );
  return unsorted === undefined
    ? null
    : `${unsorted.sourceId} is not in its place: voters stand in order of id`;
}

/** Every answered ballot has its line and every line its ballot, with the same score. */
function votesFault({ votes, certificate }: Decision): string | null {
  const lines = new Map(votes.map((line) => [line.sourceId, line]));
  if (lines.size < votes.length) return 'a source has two vote lines';
  for (const { sourceId, operator, ballot } of certificate.voters) {
    if (ballot.state !== 'answered') continue;
    const line = lines.get(sourceId);
    if (line === undefined) return `${sourceId} answered, but has no vote line`;
    if (toMicro(line.score) !== ballot.scoreMicro) {
      return `${sourceId} is stated with score ${line.score}, but its ballot holds ${ballot.scoreMicro} millionths`;
    }
    const fault = standInFault(line, operator, ballot.scoreMicro);
    if (fault !== null) return fault;
    lines.delete(sourceId);
  }
  const [stray] = lines.keys();
  return stray === undefined ? null : `${stray} has a vote line, but no answered ballot`;
}

/** A stand-in counts its own score times its discount, for its own operator, and never more than it said. */
function standInFault({ sourceId, standIn }: VoteLine, operator: string, scoreMicro: number): string | null {
  if (standIn === undefined) return null;
  const { discount, score } = standIn;
  const named = `${standIn.sourceId}, in the place of ${sourceId},`;
  if (!(discount > 0 && discount <= 1)) return `${named} is discounted to ${discount}`;
  if (standIn.operator !== operator)
    return `${named} is of ${standIn.operator}, but its ballot counts for ${operator}`;
  return toMicro(score * discount) === scoreMicro
    ? null
    : `${named} said ${score}, which discounted to ${discount} is not the ${scoreMicro} millionths of its ballot`;
}
