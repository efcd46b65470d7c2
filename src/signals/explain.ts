import type { Decision, VoteLine } from '../core/decision.ts';
import {
  ABSTAIN_REASONS,
  type Certificate,
  type DecisionKind,
  SCORE_MICRO,
  type Voter,
  WEIGHT_TOTAL_PPB,
} from '../core/vote.ts';
import { priceText } from './price-text.ts';
import { sharesOf } from './shares.ts';
import { listText, MARKET_WORDS, scoreText } from './words.ts';

/** One vote that, had it been otherwise and all else equal, would have made another decision. */
export type Counterfactual = {
  readonly sourceId: string;
  /** -1..1; null: had it not answered. */
  readonly score: number | null;
  readonly kind: DecisionKind;
};

/** A decision in plain words, one line per fact, the most important first. */
export function explainDecision(
  decision: Decision,
  counterfactuals: readonly Counterfactual[] = [],
): string[] {
  return [
    `${decision.instrumentId}: ${decision.kind}, decided at ${timeText(decision.atMs)} in cycle ${decision.cycle}`,
    ...verdictLines(decision),
    ...priceLines(decision),
    ...voteLines(decision),
    ...openLines(decision.certificate),
    ...decision.leftOut.map(
      ({ sourceId, reason, detail }) => `${sourceId} was left out (${reason}): ${detail}`,
    ),
    certificateLine(decision.certificate),
    ...counterfactuals.map(counterfactualLine),
    `configuration ${decision.configVersion}`,
  ];
}

function verdictLines({ reason, detail, score, confidence, regime, certificate }: Decision): string[] {
  const lines: string[] = [];
  if (reason !== null) {
    const why = ABSTAIN_REASONS[reason];
    lines.push(`because ${why}${detail === '' || detail === why ? '' : `: ${detail}`}`);
  }
  if (score !== null && regime !== null) {
    const theta = (certificate.rules.thetaMicro / SCORE_MICRO).toFixed(2);
    lines.push(`score ${scoreText(score)} against a threshold of ${theta} in ${MARKET_WORDS[regime]}`);
  }
  if (confidence !== null) lines.push(`confidence at least ${confidence.toFixed(2)}`);
  return lines;
}

function priceLines({ price }: Decision): string[] {
  if (price === null) return [];
  const { agreeing, dissenting } = price;
  const dissent = dissenting.length === 0 ? '' : `; ${listText(dissenting)} disagreed`;
  return [
    `price ${priceText(price.price)} ${price.currency} of ${timeText(price.asOfMs)}, from ${listText(agreeing)}${dissent}`,
  ];
}

function voteLines({ votes, certificate, score }: Decision): string[] {
  const shares = new Map(
    score === null ? [] : sharesOf(certificate, score).map(({ sourceId, share }) => [sourceId, share]),
  );
  return votes.map((vote) => {
    const share = shares.get(vote.sourceId);
    const part = share === undefined ? '' : `, ${scoreText(share)} of the score`;
    const weight = weightText(certificate.voters.filter(({ sourceId }) => sourceId === vote.sourceId));
    return `${vote.sourceId} voted ${scoreText(vote.score)} with ${weight} of the weight${part}: ${vote.because} (${originText(vote)})`;
  });
}

function originText({ dataAtMs, provenance }: VoteLine): string {
  return `data of ${timeText(dataAtMs)}, ${provenance.endpoint}, answer ${provenance.digest}`;
}

function openLines({ voters }: Certificate): string[] {
  return voters.flatMap(({ sourceId, weightPpb, ballot }) => {
    if (ballot.state !== 'open') return [];
    const [low, high] = [ballot.lowMicro, ballot.highMicro].map((micro) => scoreText(micro / SCORE_MICRO));
    return `${sourceId}, with ${weightText([{ weightPpb }])} of the weight, was not heard: it was taken to be absent or anything from ${low} to ${high}`;
  });
}

function certificateLine(certificate: Certificate): string {
  const { rule, rules, voters, low, high } = certificate;
  const theta = (rules.thetaMicro / SCORE_MICRO).toFixed(2);
  const range =
    low === null || high === null
      ? ''
      : `, whatever was still open: the score lies between ${scoreText(low)} and ${scoreText(high)}`;
  switch (rule) {
    case 'gate':
      return 'certificate: a check before the vote settled it, no voter was needed';
    case 'noQuorum': {
      const reachable = weightText(voters.filter(({ ballot }) => ballot.state !== 'absent'));
      return `certificate: ${reachable} of the weight could answer, the quorum is ${weightText([{ weightPpb: rules.quorumPpb }])}`;
    }
    case 'beyondTheta':
      return `certificate: decided${range}, at or beyond the threshold of ${theta}, and ${rules.operatorsMin} or more operators agree`;
    case 'insideTheta':
      return `certificate: decided${range}, inside the threshold of ${theta}`;
    case 'oneOperator':
      return `certificate: decided${range}, beyond the threshold of ${theta}, but fewer than ${rules.operatorsMin} operators agree or could have`;
  }
}

function counterfactualLine({ sourceId, score, kind }: Counterfactual): string {
  const otherwise = score === null ? `Without ${sourceId}` : `With ${scoreText(score)} from ${sourceId}`;
  return `${otherwise} the decision would have been ${kind}`;
}

function weightText(voters: readonly Pick<Voter, 'weightPpb'>[]): string {
  const weightPpb = voters.reduce((sum, voter) => sum + voter.weightPpb, 0);
  return `${((100 * weightPpb) / WEIGHT_TOTAL_PPB).toFixed(1)} %`;
}

/** `2026-01-15 14:30:05 UTC`. */
function timeText(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}
