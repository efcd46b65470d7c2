import { styleText } from 'node:util';
import type { Decision } from '../core/decision.ts';
import type { LiveSource, LiveView } from '../core/live.ts';
import { ABSTAIN_REASONS } from '../core/vote.ts';
import { kindText, labelledPrice, labelText, printable, scoreText, table, timeText } from './output.ts';

/** The standing decisions and the state of the sources, as a person at a terminal wants to see them. */
export function boardText(live: LiveView, url: string): string {
  const state = live.state();
  const label = labelText(state.label);
  const decisions = live.decisions();
  const lines = [
    [
      styleText('bold', 'sextant'),
      label === '' ? '' : styleText(['black', 'bgYellow'], ` ${label} `),
      `cycle ${state.cycle ?? '–'}`,
      state.lastCycleAtMs === null ? '' : `${timeText(state.lastCycleAtMs)} UTC`,
      `${state.decisionsMade} of ${state.decisionsDue} decisions made`,
      url,
    ]
      .filter((part) => part !== '')
      .join('  '),
    '',
    decisions.length === 0
      ? 'no decision yet'
      : table(['symbol', 'decision', 'score', 'price', 'regime', 'voted', 'why'], decisions.map(decisionRow)),
    '',
    table(
      ['source', 'state', 'health', 'requests', 'answered', 'median', 'spent', 'last failure'],
      live
        .sources()
        .map((source) => [
          source.sourceId,
          source.state,
          source.score === null ? '–' : source.score.toFixed(2),
          String(source.requests),
          String(source.answered),
          source.latencyP50Ms === null ? '–' : `${Math.round(source.latencyP50Ms)} ms`,
          spentText(source),
          source.lastFailure === null ? '' : printable(source.lastFailure.detail).slice(0, 60),
        ]),
    ),
  ];
  return lines.join('\n');
}

/** What was spent, and what of a budget is left today or, where only the month is limited, this month. */
export function spentText({ spentUsd, budget }: Pick<LiveSource, 'spentUsd' | 'budget'>): string {
  const usdLeft = budget?.usdLeftToday ?? budget?.usdLeftThisMonth ?? null;
  const callsLeft = budget?.callsLeftToday ?? budget?.callsLeftThisMonth ?? null;
  const left = [
    ...(usdLeft === null ? [] : [`$${usdLeft.toFixed(2)}`]),
    ...(callsLeft === null ? [] : [`${callsLeft} calls`]),
  ];
  return `$${spentUsd.toFixed(4)}${left.length === 0 ? '' : ` (${left.join(', ')} left)`}`;
}

function decisionRow(decision: Decision): string[] {
  const { certificate, price } = decision;
  const answered = certificate.voters.filter(({ ballot }) => ballot.state === 'answered').length;
  const open = certificate.voters.filter(({ ballot }) => ballot.state === 'open').length;
  return [
    decision.instrumentId,
    kindText(decision.kind),
    scoreText(decision.score),
    price === null ? '–' : labelledPrice(price.price, price.currency),
    decision.regime ?? '–',
    certificate.voters.length === 0
      ? '–'
      : `${answered} of ${certificate.voters.length}${open === 0 ? '' : `, ${open} not needed`}`,
    whyText(decision),
  ];
}

/** The strongest vote, or the reason to abstain. */
function whyText({ reason, detail, votes }: Decision): string {
  if (reason !== null) return printable(detail === '' ? ABSTAIN_REASONS[reason] : detail).slice(0, 60);
  const [strongest] = votes.toSorted((a, b) => Math.abs(b.score) - Math.abs(a.score));
  return strongest === undefined ? '' : printable(`${strongest.sourceId}: ${strongest.because}`).slice(0, 60);
}
