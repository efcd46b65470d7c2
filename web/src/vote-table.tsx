import type { Decision, Voter } from '../../src/api/contract.ts';
import { ageText, percentText, scoreText, UNKNOWN } from './format.ts';
import { hueOf } from './score-bar.tsx';
import { nowMs } from './store.ts';
import { scoreOf, voteShares, weightOf } from './vote-shares.ts';
import { leftOutWords } from './words.ts';

/** The make-up of a vote: one row per voter, whether it was heard or not. */
export function VoteTable({ decision }: { decision: Decision }) {
  const { voters } = decision.certificate;
  if (voters.length === 0) return <p class="empty">No vote was held.</p>;
  const shares = new Map(voteShares(decision.certificate).map(({ sourceId, share }) => [sourceId, share]));
  return (
    <div class="scroll">
      <table class="cards">
        <thead>
          <tr>
            <th>Source, operator</th>
            <th class="number">Weight</th>
            <th class="number">Score</th>
            <th class="number">Adds</th>
            <th>Because</th>
            <th class="number">Data age</th>
          </tr>
        </thead>
        <tbody>
          {voters.map((voter) => (
            <Row
              key={voter.sourceId}
              voter={voter}
              decision={decision}
              share={shares.get(voter.sourceId) ?? null}
            />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Row({ voter, decision, share }: { voter: Voter; decision: Decision; share: number | null }) {
  const { sourceId, operator, weightPpb, ballot } = voter;
  const line = decision.votes.find((vote) => vote.sourceId === sourceId);
  return (
    <tr class={ballot.state === 'answered' ? '' : 'is-silent'}>
      <th scope="row">
        <span class={`swatch ${hueOf(sourceId)}`} aria-hidden="true" /> {sourceId}
        <small>{operator}</small>
      </th>
      <td class="number" data-label="Weight">
        {percentText(weightOf(weightPpb))}
      </td>
      <td class="number" data-label="Score">
        {scoreText(ballot.state === 'answered' ? scoreOf(ballot.scoreMicro) : null)}
      </td>
      <td class="number" data-label="Adds">
        {scoreText(share)}
      </td>
      <td class="because">{line === undefined ? silenceWords(voter) : lineWords(line)}</td>
      <td class="number" data-label="Data age">
        {line === undefined ? UNKNOWN : ageText(nowMs.value - line.dataAtMs)}
      </td>
    </tr>
  );
}

function lineWords({ because, standIn }: Decision['votes'][number]): string {
  if (standIn === undefined) return because;
  const { sourceId, discount, score } = standIn;
  const discounted = discount === 1 ? '' : `, ${scoreText(score)} discounted to ${discount}`;
  return `${sourceId} stands in${discounted}: ${because}`;
}

function silenceWords({ ballot }: Voter): string {
  switch (ballot.state) {
    case 'answered':
      return UNKNOWN;
    case 'open':
      return 'not asked: cannot change the outcome';
    case 'absent':
      return `left out: ${leftOutWords(ballot.reason)}`;
  }
}
