import { styleText } from 'node:util';
import type { Figure, Mean, Rate, SliceStatistics, Statistics } from '../core/track-record.ts';
import { printable, table } from './output.ts';

/** The track record as a person at a terminal wants to see it: each figure with its interval and what it rests on. */

/** How many of the outcomes there are, and what they come to. */
export function headlineText({ all, setAside }: Statistics): string {
  const rows: [name: string, figure: Rate | Mean][] = [
    ['win rate', all.winRate],
    ['expectancy after costs', all.expectancy],
    ['mean win', all.meanWin],
    ['mean loss', all.meanLoss],
    ['excess over random entry', all.excess],
    ['ambiguous, worse taken', all.ambiguous],
    ...Object.entries(all.causes).map(([cause, rate]): [string, Rate] => [`ended by ${cause}`, rate]),
  ];
  const counts = countsText(all, setAside);
  if (all.winRate.kind === 'notEnough') return `${counts}\n${all.winRate.says}`;
  return [
    counts,
    '',
    table(
      ['', 'value', '95 % interval', 'outcomes'],
      rows.map(([name, figure]) => [name, ...figureCells(figure), String(figure.outcomes)]),
    ),
    '',
    costsText(all.costs),
    'Intervals take outcomes as independent of each other: those of signals that overlap in time are not, and the true ones are wider.',
  ].join('\n');
}

function countsText({ resolved, unresolved }: SliceStatistics, setAside: number): string {
  const reasons = Object.entries(unresolved).filter(([, count]) => count > 0);
  const total = reasons.reduce((sum, [, count]) => sum + count, 0);
  const named = reasons.map(([reason, count]) => `${reason} ${count}`).join(', ');
  const aside =
    setAside === 0 ? '' : `; ${setAside} set aside, of other prices or of a configuration no longer known`;
  return `outcomes: ${resolved} resolved, ${total} unresolved${named === '' ? '' : ` (${named})`}${aside}`;
}

function costsText(costs: Mean): string {
  return costs.kind === 'measured'
    ? `Costs and slippage of ${shareText(costs.mean, 3)} a signal are taken off, as the configuration assumes them.`
    : 'Costs and slippage are taken off as the configuration assumes them.';
}

/** One line per slice; `limit` keeps those with the most outcomes, in the order of their keys. */
export function slicesText(name: string, { slices }: Statistics, limit = Number.POSITIVE_INFINITY): string {
  const all = slices ?? [];
  const most = [...all].sort((a, b) => b.statistics.resolved - a.statistics.resolved).slice(0, limit);
  const rows = all
    .filter((slice) => most.includes(slice))
    .map(({ key, statistics: { resolved, winRate, expectancy, excess } }) => [
      printable(key),
      String(resolved),
      withInterval(winRate),
      // What all three lack is said once.
      ...(winRate.kind === 'notEnough' ? ['', ''] : [withInterval(expectancy), withInterval(excess)]),
    ]);
  const head = [name, 'resolved', 'win rate', 'expectancy after costs', 'excess over random entry'];
  const more = all.length > rows.length ? `\n… and ${all.length - rows.length} more: --by ${name}` : '';
  return `${table(head, rows)}${more}`;
}

export function sourcesText({ sources }: Statistics): string {
  const rows = sources.map(({ sourceId, hitRate, dissentRight }) => [
    printable(sourceId),
    String(hitRate.outcomes),
    withInterval(hitRate),
    String(dissentRight.outcomes),
    withInterval(dissentRight),
  ]);
  return table(['source', 'took a side', 'was right', 'against the signal', 'was right in that'], rows);
}

/** Buckets that nothing fell into are left out. */
export function reliabilityText({ reliability: { buckets, brier, ece } }: Statistics): string {
  const rows = buckets
    .filter(({ won }) => won.outcomes > 0)
    .map(({ from, to, confidence, won }) => [
      `${from.toFixed(1)}–${to.toFixed(1)}`,
      String(won.outcomes),
      confidence.kind === 'measured' ? shareText(confidence.mean, 1) : '',
      withInterval(won),
    ]);
  const scores = `Brier score ${plainText(brier)}; expected calibration error ${plainText(ece)}`;
  return `${table(['confidence', 'outcomes', 'stated', 'won'], rows)}\n${scores}`;
}

export function trendText({ trend }: Statistics): string {
  const rows = trend.map(({ fromMs, winRate, expectancy }) => [
    new Date(fromMs).toISOString().slice(0, 10),
    String(winRate.outcomes),
    withInterval(winRate),
    winRate.kind === 'notEnough' ? '' : withInterval(expectancy),
  ]);
  return table(['week from', 'outcomes', 'win rate', 'expectancy after costs'], rows);
}

/** `54.1 %`, or why there is none, and the interval. */
function figureCells(figure: Rate | Mean): [value: string, interval: string] {
  if (figure.kind === 'notEnough') return [styleText('dim', figure.says), ''];
  const [value, digits] = 'rate' in figure ? [figure.rate, 1] : [figure.mean, 3];
  const [low, high] = figure.ci95;
  return [shareText(value, digits), `${shareText(low, digits)} to ${shareText(high, digits)}`];
}

function withInterval(figure: Rate | Mean): string {
  const [value, interval] = figureCells(figure);
  return interval === '' ? value : `${value} (${interval})`;
}

function plainText(figure: Mean | Figure): string {
  if (figure.kind === 'notEnough') return figure.says;
  return ('mean' in figure ? figure.mean : figure.value).toFixed(3);
}

function shareText(share: number, digits: number): string {
  return `${(100 * share).toFixed(digits).replace('-', '−')} %`;
}
