import type { Decision } from '../../src/api/contract.ts';
import { percentText, scoreText } from './format.ts';
import { scoreOf, weightOf } from './vote-shares.ts';

/** Why nobody else had to be asked, one fact per line. */
export function certificateLines({ kind, certificate }: Decision): string[] {
  const { rule, rules, voters, low, high } = certificate;
  if (rule === 'gate') return ['A check before the vote settled it: no voter was needed.'];
  const theta = scoreOf(rules.thetaMicro).toFixed(2);
  const answered = voters.filter(({ ballot }) => ballot.state === 'answered');
  const open = voters.filter(({ ballot }) => ballot.state === 'open');
  const weight = (group: typeof voters) =>
    percentText(weightOf(group.reduce((sum, one) => sum + one.weightPpb, 0)));
  const lines = [
    `${answered.length} of ${voters.length} voters answered: ${weight(answered)} of the weight, ` +
      `${percentText(weightOf(rules.quorumPpb))} is the quorum.`,
  ];
  if (open.length > 0) {
    const names = open.map(({ sourceId }) => sourceId).join(', ');
    lines.push(`Not asked, because it cannot change the outcome: ${names} (${weight(open)} of the weight).`);
  }
  if (low !== null && high !== null) {
    const whatever = open.length > 0 ? 'Whatever they would say, the' : 'The';
    const score = rules.scores === 'trimmed' ? 'trimmed score' : 'score';
    const range =
      low === high
        ? `${score} is ${scoreText(low)}`
        : `${score} lies from ${scoreText(low)} to ${scoreText(high)}`;
    lines.push(`${whatever} ${range}; the threshold is ±${theta}.`);
  }
  lines.push(ruleLine(rule, kind, theta, rules.operatorsMin));
  return lines;
}

function ruleLine(
  rule: Exclude<Decision['certificate']['rule'], 'gate'>,
  kind: Decision['kind'],
  theta: string,
  operatorsMin: number,
): string {
  switch (rule) {
    case 'beyondTheta':
      return `All of that is at or beyond ${kind === 'SELL' ? '−' : '+'}${theta}, and ${operatorsMin} or more independent operators agree: ${kind}.`;
    case 'insideTheta':
      return `All of that is inside ±${theta}: HOLD.`;
    case 'oneOperator':
      return `All of that is beyond ±${theta}, but fewer than ${operatorsMin} independent operators agree or could: ABSTAIN.`;
    case 'noQuorum':
      return 'The quorum is out of reach, whoever else answers: ABSTAIN.';
  }
}
