import type { ReplayFitness, ReplayTotals } from '../main.ts';
import { kindText } from './output.ts';

const KINDS = ['BUY', 'SELL', 'HOLD', 'ABSTAIN'] as const;

/** Who votes on what, one line for symbols alike; whose opinions are `simulated` is said. */
export function fitnessText(fitness: readonly ReplayFitness[], simulated: ReadonlySet<string>): string[] {
  const symbols = new Map<string, string[]>();
  for (const one of fitness) {
    const text = votersText(one, simulated);
    symbols.set(text, [...(symbols.get(text) ?? []), one.instrumentId]);
  }
  return [...symbols].map(([text, ids]) => `${ids.join(', ')}: ${text}`);
}

function votersText({ canVote, cannot, obstacles }: ReplayFitness, simulated: ReadonlySet<string>): string {
  const able = canVote.map(
    ({ sourceId, weightShare }) =>
      `${sourceId} ${percent(weightShare)}${simulated.has(sourceId) ? ' (SIMULATED)' : ''}`,
  );
  const silent = cannot.map(
    ({ sourceId, weightShare, needs }) => `${sourceId} ${percent(weightShare)} (${needs})`,
  );
  return [
    able.length === 0 ? 'nobody votes' : `${able.join(', ')} vote`,
    ...(silent.length === 0 ? [] : [`not recorded: ${silent.join(', ')}`]),
    ...obstacles.map((obstacle) => `NO DECISION POSSIBLE: ${obstacle}`),
  ].join('; ');
}

/** What a replay came to, in lines. */
export function totalsText({
  cycles,
  decisions,
  abstentions,
  opened,
  ended,
  resolved,
  unresolved,
}: ReplayTotals): string[] {
  return [
    `${count(cycles)} cycles; decisions: ${KINDS.map((kind) => `${kindText(kind)} ${count(decisions[kind])}`).join(', ')}${listed(abstentions)}`,
    `signals: ${count(opened.BUY)} BUY, ${count(opened.SELL)} SELL${listed(ended)}`,
    `outcomes: ${count(resolved)} resolved, ${count(sum(unresolved))} not${listed(unresolved)}`,
  ];
}

function listed(counts: Readonly<Partial<Record<string, number>>>): string {
  const parts = Object.entries(counts)
    .filter(([, value = 0]) => value > 0)
    .map(([name, value = 0]) => `${name} ${count(value)}`);
  return parts.length === 0 ? '' : ` (${parts.join(', ')})`;
}

function sum(counts: Readonly<Partial<Record<string, number>>>): number {
  return Object.values(counts).reduce<number>((total, value = 0) => total + value, 0);
}

export function count(value: number): string {
  return value.toLocaleString('en-US');
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
