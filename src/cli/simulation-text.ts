import type { Agreement } from '../../lab/simulator/agreement.ts';
import type { SimulationReport } from '../../lab/simulator/report.ts';
import { printable, table, timeText } from './output.ts';
import type { MachineFigures } from './simulate.ts';

/** The figures of a run as a person at a terminal wants to see them. */
export function simulationText(report: SimulationReport, machine: MachineFigures): string {
  return [
    table(['figure', 'value', ''], figureRows(report, machine)),
    '',
    table(['source', 'calls', 'refused', 'USD', 'left out of a vote or a price'], sourceRows(report)),
    ...violationLines(report),
    '',
  ].join('\n');
}

/** How often the run decided what asking everyone afresh would have decided, in one line. */
export function auditText({ audited, equal, rate, ci95, auditedShare }: Agreement): string {
  if (rate === null || ci95 === null) return 'no decision was audited';
  const [low, high] = ci95.map((share) => `${(share * 100).toFixed(2)} %`);
  return `equal to asking everyone afresh: ${(rate * 100).toFixed(3)} % (${equal} of ${audited}, 95 %: ${low} to ${high}; ${(auditedShare * 100).toFixed(0)} % of the slots audited)\n`;
}

/** Seed, digest, verdict: always the last line. */
export function verdictText({ seed, eventLogSha256, violationCount }: SimulationReport): string {
  const verdict = violationCount === 0 ? 'no violation' : `${violationCount} VIOLATIONS`;
  return `seed ${printable(seed)}, digest ${eventLogSha256}, ${verdict}`;
}

function figureRows(report: SimulationReport, machine: MachineFigures): string[][] {
  const { decisions, calls, costUsd, provider, cycleMs } = report;
  const { byKind, abstainedBy } = decisions;
  const stood = Object.values(byKind).reduce((sum, count) => sum + count, 0);
  const shares = (counts: Readonly<Record<string, number>>): string =>
    Object.entries(counts)
      .filter(([, count]) => count > 0)
      .map(([name, count]) => `${name} ${percent(count, stood)}`)
      .join(', ');
  return [
    ['simulated', `${report.days.toFixed(2)} days`, `${report.cycles} cycles`],
    ['decisions', `${decisions.made} of ${decisions.due}`, shares(byKind)],
    ['abstained', `${decisions.abstained}`, shares(abstainedBy)],
    ['signals opened', `${report.signals}`, ''],
    ['calls per cycle', calls.perCycle.toFixed(3), `${calls.total} in all`],
    ['money', `$${costUsd.total.toFixed(4)}`, `$${(costUsd.total / report.days).toFixed(4)} a day`],
    ['over a limit', `${provider.overLimit}`, 'by the providers’ own count'],
    [
      'cycle',
      `${cycleMs.p50 ?? '–'} ms`,
      `p99 ${cycleMs.p99 ?? '–'} ms, virtual: waiting counts, computing does not`,
    ],
    ['this machine', `${machine.wallSeconds.toFixed(1)} s`, machineText(report, machine)],
  ];
}

function machineText({ cycles, calls }: SimulationReport, { wallSeconds, memory }: MachineFigures): string {
  const perCycle = ((wallSeconds * 1_000) / cycles).toFixed(3);
  return `${perCycle} ms a cycle, ${Math.round(calls.total / wallSeconds)} calls/s, ${memory.rssMaxMb} MB`;
}

function sourceRows({ calls, provider, costUsd, leftOut }: SimulationReport): string[][] {
  return Object.entries(calls.bySource).map(([id, count]) => [
    id,
    `${count}`,
    counts(provider.refusals[id]) || '0',
    (costUsd.bySource[id] ?? 0).toFixed(4),
    counts(leftOut[id]),
  ]);
}

function counts(byName: Readonly<Record<string, number>> = {}): string {
  return Object.entries(byName)
    .map(([name, count]) => `${name} ${count}`)
    .join(', ');
}

function violationLines({ violations, violationCount }: SimulationReport): string[] {
  if (violationCount === 0) return [];
  const shown = violations
    .slice(0, 10)
    .map(
      ({ invariant, cycle, slotAtMs, detail }) =>
        `  cycle ${cycle}, ${timeText(slotAtMs)}: ${invariant}: ${printable(detail)}`,
    );
  return ['', `${violationCount} violations, the first:`, ...shown];
}

function percent(part: number, whole: number): string {
  return whole === 0 ? '–' : `${((part / whole) * 100).toFixed(2)} %`;
}
