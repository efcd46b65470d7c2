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
      ['', 'value', '95 % interval', 'outcomes', 'worth', 'days'],
      rows.map(([name, figure]) => [name, ...figureCells(figure), ...countCells(figure)]),
    ),
    '',
    costsText(all.costs),
    'Outcomes of one UTC day hang together: "worth" is how many independent ones would tell as much, and the interval is of those.',
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
    .map(({ key, statistics: { winRate, expectancy, excess } }) => [
      printable(key),
      ...countCells(winRate),
      withInterval(winRate),
      // What all three lack is said once.
      ...(winRate.kind === 'notEnough' ? ['', ''] : [valueText(expectancy), valueText(excess)]),
    ]);
  const head = [
    name,
    'resolved',
    'worth',
    'days',
    'win rate',
    'expectancy after costs',
    'excess over random entry',
  ];
  const more = all.length > rows.length ? `\n… and ${all.length - rows.length} more: --by ${name}` : '';
  return `${table(head, rows)}${more}`;
}

export function sourcesText({ sources }: Statistics): string {
  const rows = sources.map(({ sourceId, hitRate, dissentRight }) => [
    printable(sourceId),
    ...countCells(hitRate),
    withInterval(hitRate),
    String(dissentRight.outcomes),
    withInterval(dissentRight),
  ]);
  return table(
    ['source', 'took a side', 'worth', 'days', 'was right', 'against the signal', 'was right in that'],
    rows,
  );
}

/** Buckets that nothing fell into are left out. */
export function reliabilityText({ reliability: { buckets, brier, ece } }: Statistics): string {
  const rows = buckets
    .filter(({ won }) => won.outcomes > 0)
    .map(({ from, to, confidence, won }) => [
      `${from.toFixed(1)}–${to.toFixed(1)}`,
      ...countCells(won),
      confidence.kind === 'measured' ? shareText(confidence.mean, 1) : '',
      withInterval(won),
    ]);
  const scores = `Brier score ${plainText(brier)}; expected calibration error ${plainText(ece)}`;
  return `${table(['confidence', 'outcomes', 'worth', 'days', 'stated', 'won'], rows)}\n${scores}`;
}

export function trendText({ trend }: Statistics): string {
  const rows = trend.map(({ fromMs, winRate, expectancy }) => [
    new Date(fromMs).toISOString().slice(0, 10),
    ...countCells(winRate),
    withInterval(winRate),
    winRate.kind === 'notEnough' ? '' : valueText(expectancy),
  ]);
  return table(['week from', 'outcomes', 'worth', 'days', 'win rate', 'expectancy after costs'], rows);
}

/** Outcomes, as many independent ones as they are worth, and days; what is not known stays empty. */
function countCells(figure: Rate | Mean): [outcomes: string, worth: string, days: string] {
  const outcomes = String(figure.outcomes);
  if (figure.kind === 'notEnough') return [outcomes, '', ''];
  const { outcomesEffective: worth, days } = figure;
  return [outcomes, worth === null ? '' : worth.toFixed(0), String(days)];
}

/** `54.1 %`, or why there is none, and the interval, or why there is none of it. */
function figureCells(figure: Rate | Mean): [value: string, interval: string] {
  if (figure.kind === 'notEnough') return [styleText('dim', figure.says), ''];
  const [value, digits] = 'rate' in figure ? [figure.rate, 1] : [figure.mean, 3];
  if (figure.ci95 === null) return [shareText(value, digits), styleText('dim', figure.says ?? '')];
  const [low, high] = figure.ci95;
  return [shareText(value, digits), `${shareText(low, digits)} to ${shareText(high, digits)}`];
}

function withInterval(figure: Rate | Mean): string {
  const [value, interval] = figureCells(figure);
  return interval === '' ? value : `${value} (${interval})`;
}

/** Beside a win rate over the same days, which says why there is no interval. */
function valueText(mean: Mean): string {
  return mean.kind === 'measured' && mean.ci95 === null ? figureCells(mean)[0] : withInterval(mean);
}

function plainText(figure: Mean | Figure): string {
  if (figure.kind === 'notEnough') return figure.says;
  return ('mean' in figure ? figure.mean : figure.value).toFixed(3);
}

function shareText(share: number, digits: number): string {
  return `${(100 * share).toFixed(digits).replace('-', '−')} %`;
}
