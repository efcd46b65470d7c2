import type { Decision, VoteLine } from '../core/decision.ts';
import {
  ABSTAIN_REASONS,
  type Certificate,
  SCORE_MICRO,
  type Verdict,
  type Voter,
  WEIGHT_TOTAL_PPB,
} from '../core/vote.ts';
import { priceText } from './price-text.ts';
import { listText, MARKET_WORDS, scoreText } from './words.ts';

/** One voter without whom, or with whose score turned round, the decision would have been another. */
export type Counterfactual = {
  readonly sourceId: string;
  readonly change: 'absent' | 'reversed';
  /** Null: the vote would have been undecided. */
  readonly verdict: Verdict | null;
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
    ...gateLines(decision),
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

function voteLines({ votes, certificate }: Decision): string[] {
  const answered = certificate.voters.filter(({ ballot }) => ballot.state === 'answered');
  const answeredPpb = answered.reduce((sum, { weightPpb }) => sum + weightPpb, 0);
  return votes.map((vote) => {
    const weightPpb = answered.find(({ sourceId }) => sourceId === vote.sourceId)?.weightPpb ?? 0;
    const share = answeredPpb === 0 ? 0 : (weightPpb / answeredPpb) * vote.score;
    return `${voterText(vote)} with ${weightText(weightPpb)} of the weight, ${scoreText(share)} of the score: ${vote.because} (${originText(vote)})`;
  });
}

function voterText({ sourceId, score, standIn }: VoteLine): string {
  if (standIn === undefined) return `${sourceId} voted ${scoreText(score)}`;
  const { discount, meaning } = standIn;
  const said = discount === 1 ? '' : `, ${scoreText(standIn.score)} discounted to ${discount}`;
  return `${standIn.sourceId} voted ${scoreText(score)} in the place of ${sourceId} (${meaning}${said})`;
}

function originText({ dataAtMs, provenance }: VoteLine): string {
  return `data of ${timeText(dataAtMs)}, ${provenance.endpoint}, answer ${provenance.digest}`;
}

function openLines({ voters }: Certificate): string[] {
  return voters.flatMap(({ sourceId, weightPpb, ballot }) => {
    if (ballot.state !== 'open') return [];
    const [low, high] = [ballot.lowMicro, ballot.highMicro].map((micro) => scoreText(micro / SCORE_MICRO));
    const { pairs } = ballot;
    const learned =
      pairs === undefined ? '' : `, a range learned from ${pairs} audits: it holds at a rate, it is no proof`;
    return `${sourceId}, with ${weightText(weightPpb)} of the weight, was not heard: it was taken to be absent or anything from ${low} to ${high}${learned}`;
  });
}

function certificateLine(certificate: Certificate): string {
  const { rule, rules, voters, low, high } = certificate;
  const theta = (rules.thetaMicro / SCORE_MICRO).toFixed(2);
  const range =
    low === null || high === null
      ? ''
      : `, whatever was still open: the ${rules.scores === 'trimmed' ? 'trimmed score' : 'score'} lies between ${scoreText(low)} and ${scoreText(high)}`;
  switch (rule) {
    case 'gate':
      return 'certificate: a check before the vote settled it, no voter was needed';
    case 'noQuorum':
      return `certificate: ${weightText(reachablePpb(voters))} of the weight could answer, the quorum is ${weightText(rules.quorumPpb)}${rules.scores === 'trimmed' ? ' and more than a third of the operators' : ''}`;
    case 'beyondTheta':
      return `certificate: decided${range}, at or beyond the threshold of ${theta}, and ${rules.operatorsMin} or more operators agree`;
    case 'insideTheta':
      return `certificate: decided${range}, inside the threshold of ${theta}`;
    case 'oneOperator':
      return `certificate: decided${range}, beyond the threshold of ${theta}, but fewer than ${rules.operatorsMin} operators agree or could have`;
  }
}

/** A confirmed decision shows a newer price than the one that it was weighed at: the gate is that of the older one. */
function gateLines({ gate, price }: Decision): string[] {
  if (gate === undefined || price === null) return [];
  const { moveMin } = gate;
  const [low, high] = [1 - moveMin, 1 + moveMin].map((share) => priceText(gate.price * share));
  const from = `${priceText(gate.price)} ${price.currency}, at which it was weighed`;
  return [
    `change gate: it opens at about ${low} and below and at about ${high} and above, ${(100 * moveMin).toFixed(2)} % from ${from}; sooner for a closed bar, an opinion that runs out, or the target or stop of a signal`,
  ];
}

function counterfactualLine({ sourceId, change, verdict }: Counterfactual): string {
  const otherwise = change === 'absent' ? `without ${sourceId}` : `with the opposite from ${sourceId}`;
  if (verdict === null) return `${otherwise} more would have had to be asked`;
  const why = verdict.reason === null ? '' : `, because ${ABSTAIN_REASONS[verdict.reason]}`;
  return `${otherwise} the decision would have been ${verdict.kind}${why}`;
}

/** Weight of all that answered or still could have. */
function reachablePpb(voters: readonly Voter[]): number {
  return voters.reduce((sum, { weightPpb, ballot }) => sum + (ballot.state === 'absent' ? 0 : weightPpb), 0);
}

function weightText(weightPpb: number): string {
  return `${((100 * weightPpb) / WEIGHT_TOTAL_PPB).toFixed(1)} %`;
}

/** `2026-01-15 14:30:05 UTC`. */
function timeText(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}
