import type { Ablation } from '../../lab/simulator/ablate.ts';
import type { Comparison, Variant } from '../../lab/simulator/compare.ts';
import type { PolicyRun } from '../../lab/simulator/policies.ts';
import type { Proportion } from '../../lab/simulator/proportion.ts';
import { count, percent, type TargetRow } from '../../lab/simulator/target-rows.ts';
import { markdownTable } from './marked-section.ts';
import { table } from './output.ts';

/** A table that can be shown at a terminal and written into a document. */
export type Block = {
  readonly title: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
};

export function terminalText(blocks: readonly Block[]): string {
  return blocks.map(({ title, head, rows }) => `${title}\n\n${table(head, rows)}\n`).join('\n');
}

/** `note` says where the figures are from. */
export function markdownText(blocks: readonly Block[], note: string): string {
  return [note, ...blocks.map(({ title, head, rows }) => `${title}:\n\n${markdownTable(head, rows)}`)].join(
    '\n\n',
  );
}

export function comparisonBlocks(comparison: Comparison, rows: readonly TargetRow[]): Block[] {
  const { naive, historic, sextant, causes } = comparison;
  const head = ['figure', 'judge', 'naive', 'historic', 'owner’s target', 'Sextant', 'target', 'reached'];
  const lines = rows.map((row) => [
    row.figure,
    row.judge,
    row.naive,
    row.historic,
    row.ownersTarget,
    row.sextant,
    row.target,
    row.reached === null ? '–' : row.reached ? 'yes' : 'NO',
  ]);
  const reasons = causes
    .slice(0, 8)
    .map(({ cause, count: times, share }) => [cause, count(times), percent(share, 1)]);
  return [
    { title: 'Every row of the design’s targets', head, rows: lines },
    agreementBlock([sextant, historic, naive]),
    ...(reasons.length === 0
      ? []
      : [
          {
            title: 'Why Sextant decides otherwise where it does',
            head: ['cause', 'decisions', 'of all differences'],
            rows: reasons,
          },
        ]),
    lookupBlock([sextant, historic, naive]),
    votesBlock([sextant]),
  ];
}

export function ablationBlock(runs: readonly Ablation[]): Block {
  return {
    title: 'What each improvement is worth',
    head: [
      'run',
      'calls per cycle',
      'USD a day',
      'critical path p50 / p99',
      'lookups without a call',
      'decisions changed',
      'equal to asking afresh',
      'above a limit',
    ],
    rows: runs.map(({ name, report, agreement, changedShare }) => [
      name,
      report.calls.perCycle.toFixed(2),
      (report.costUsd.total / report.days).toFixed(2),
      `${report.slowestNeededMs.p50 ?? '–'} / ${report.slowestNeededMs.p99 ?? '–'} ms`,
      percent(report.cache.hitRate),
      percent(changedShare),
      percent(agreement.rate),
      count(report.provider.overLimit),
    ]),
  };
}

export function policyBlocks(runs: readonly PolicyRun[]): Block[] {
  const cost = {
    title: 'Calls and money',
    head: [
      'policy, mode',
      'calls per cycle',
      'USD a day',
      'signals',
      'USD per signal',
      'critical path p50 / p99',
    ],
    rows: runs.map(({ name, report }) => [
      name,
      report.calls.perCycle.toFixed(2),
      (report.costUsd.total / report.days).toFixed(3),
      count(report.signals),
      report.signals === 0 ? '–' : (report.costUsd.total / report.signals).toFixed(4),
      `${report.slowestNeededMs.p50 ?? '–'} / ${report.slowestNeededMs.p99 ?? '–'} ms`,
    ]),
  };
  return [cost, agreementBlock(runs), lookupBlock(runs), votesBlock(runs)];
}

function agreementBlock(variants: readonly Variant[]): Block {
  const rates = ({ recall, precision }: { recall: Proportion; precision: Proportion }): string =>
    `${percent(recall.rate)}, ${percent(precision.rate)}`;
  const rows = variants.flatMap(({ name, agreement }) =>
    (
      [
        ['all open hours', agreement],
        ['stocks in session', agreement.parts.stocksInSession],
        ['crypto in session', agreement.parts.cryptoInSession],
        ['crypto, other hours', agreement.parts.cryptoOtherHours],
      ] as const
    )
      .filter(([, part]) => part.audited > 0)
      .map(([hours, part]) => [
        name,
        hours,
        count(part.audited),
        percent(part.rate, 3),
        part.ci95 === null ? '–' : `${percent(part.ci95[0], 2)} to ${percent(part.ci95[1], 2)}`,
        rates(part.directions),
        rates(part.transitions.exact),
        rates(part.transitions.withinOneSlot),
      ]),
  );
  return {
    title: 'Equal to asking everyone afresh (recall, precision)',
    head: ['', 'hours', 'audited', 'equal', '95 %', 'BUY/SELL', 'transitions', 'transitions ± 1 slot'],
    rows,
  };
}

function lookupBlock(variants: readonly Variant[]): Block {
  return {
    title: 'What became of the lookups, one per slot, symbol and voter',
    head: ['', 'lookups', 'gate', 'reuse', 'bound', 'asked', 'instruments per call'],
    rows: variants.map(({ name, report: { cache, questions, calls } }) => {
      const { total, gate, reuse, bound, asked } = cache.lookups;
      const share = (part: number): string => percent(total === 0 ? null : part / total);
      const perCall = calls.total === 0 ? '–' : (questions / calls.total).toFixed(2);
      return [name, count(total), share(gate), share(reuse), share(bound), share(asked), perCall];
    }),
  };
}

function votesBlock(variants: readonly Variant[]): Block {
  const most = Math.max(0, ...variants.map(({ report }) => report.votesByAsked.length - 1));
  const asked = Array.from({ length: most + 1 }, (_, index) => index);
  return {
    title: 'New votes by the number of sources that had to be asked',
    head: ['', 'votes', ...asked.map(String)],
    rows: variants.map(({ name, report: { votesByAsked } }) => {
      const all = votesByAsked.reduce((sum, votes) => sum + votes, 0);
      const shares = asked.map((index) => percent(all === 0 ? null : (votesByAsked[index] ?? 0) / all, 1));
      return [name, count(all), ...shares];
    }),
  };
}
