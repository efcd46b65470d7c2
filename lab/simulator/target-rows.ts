import type { Comparison, Variant } from './compare.ts';
import type { Proportion } from './proportion.ts';

/** A figure of the design's table of targets, as measured. */
export type TargetRow = {
  readonly figure: string;
  readonly judge: 'simulator' | 'bench';
  readonly naive: string;
  readonly historic: string;
  /** What the owner of the historic system wished for. */
  readonly ownersTarget: string;
  readonly sextant: string;
  readonly target: string;
  /** Null where nothing was measured. */
  readonly reached: boolean | null;
};

const MONTH_DAYS = 30;

/** The rows that the simulator judges, by the providers' own counts. */
export function simulatedRows({ naive, historic, sextant }: Comparison): TargetRow[] {
  const row = (
    figure: string,
    of: (variant: Variant) => string,
    ownersTarget: string,
    target: string,
    reached: boolean | null,
  ): TargetRow => ({
    figure,
    judge: 'simulator',
    naive: of(naive),
    historic: of(historic),
    ownersTarget,
    sextant: of(sextant),
    target,
    reached,
  });
  const { report, agreement } = sextant;
  const { stocksInSession, cryptoInSession, cryptoOtherHours } = agreement.parts;
  const parts = [stocksInSession, cryptoInSession, cryptoOtherHours];
  const all = (of: (part: (typeof parts)[number]) => readonly Proportion[], least: number): boolean | null =>
    atLeast(
      parts.flatMap((part) => of(part).map(({ rate }) => rate)),
      least,
    );
  const money = ({ report: { costUsd } }: Variant): number | null =>
    naive.report.costUsd.total === 0 ? null : costUsd.total / naive.report.costUsd.total;
  const monthly = ({ report: { calls, days } }: Variant): number => (calls.total / days) * MONTH_DAYS;
  const moneyShare = money(sextant);
  const { hitRate } = report.cache;
  return [
    row(
      'API calls per cycle',
      (v) => v.report.calls.perCycle.toFixed(2),
      '10–15',
      '≤ 2.0',
      report.calls.perCycle <= 2,
    ),
    row('calls in 30 days', (v) => count(monthly(v)), '5–8 M', '≤ 1.05 M', monthly(sextant) <= 1.05e6),
    row(
      'money, of naive',
      (v) => percent(money(v)),
      '30–40 %',
      '≤ 5 %',
      moneyShare === null ? null : moneyShare <= 0.05,
    ),
    row('money a day', (v) => `$${(v.report.costUsd.total / v.report.days).toFixed(2)}`, '–', '–', null),
    row(
      'money per signal opened',
      ({ report: { costUsd, signals } }) =>
        signals === 0 ? '–' : `$${(costUsd.total / signals).toFixed(4)}`,
      '–',
      '–',
      null,
    ),
    row(
      'lookups answered without a call',
      (v) => percent(v.report.cache.hitRate),
      '> 80 %',
      '> 95 %',
      hitRate === null ? null : hitRate > 0.95,
    ),
    row(
      'equal to asking everyone afresh',
      (v) => percent(v.agreement.rate, 3),
      '–',
      '≥ 99.9 %',
      atLeast([agreement.rate], 0.999),
    ),
    ...(
      [
        ['stocks in session', 'stocksInSession'],
        ['crypto in session', 'cryptoInSession'],
        ['crypto, other hours', 'cryptoOtherHours'],
      ] as const
    ).map(([name, part]) =>
      row(
        `equal: ${name}`,
        (v) => percent(v.agreement.parts[part].rate, 3),
        '–',
        '≥ 99.9 %',
        atLeast([agreement.parts[part].rate], 0.999),
      ),
    ),
    row(
      'BUY/SELL: recall, precision',
      ({ agreement: { directions } }) => pair(directions.recall, directions.precision),
      '–',
      '≥ 99 % in each part',
      all(({ directions }) => [directions.recall, directions.precision], 0.99),
    ),
    row(
      'transitions in the slot: recall, precision',
      ({ agreement: { transitions } }) => pair(transitions.exact.recall, transitions.exact.precision),
      '–',
      '≥ 99 % in each part',
      all(({ transitions: { exact } }) => [exact.recall, exact.precision], 0.99),
    ),
    row(
      'transitions ± 1 slot: recall, precision',
      ({ agreement: { transitions } }) =>
        pair(transitions.withinOneSlot.recall, transitions.withinOneSlot.precision),
      '–',
      '≥ 99 % in each part',
      all(({ transitions: { withinOneSlot } }) => [withinOneSlot.recall, withinOneSlot.precision], 0.99),
    ),
    row('abstentions not required', (v) => count(v.agreement.needlessAbstentions), '–', '–', null),
    row(
      'uptime of decisions',
      (v) => percent(v.report.availability, 3),
      '> 99.9 %',
      '≥ 99.99 %',
      report.availability >= 0.9999,
    ),
    row(
      'error rate',
      (v) => percent(v.report.errorRate, 3),
      '< 0.1 %',
      '≤ 0.01 %',
      report.errorRate <= 0.0001,
    ),
    row(
      'recovery after an outage, p99',
      ({ report: { recoveryMs } }) =>
        recoveryMs === null ? 'no outage' : `${(recoveryMs.p99 / 1_000).toFixed(1)} s`,
      '< 30 s',
      '≤ 5 s',
      report.recoveryMs === null ? null : report.recoveryMs.p99 <= 5_000,
    ),
    row(
      'requests above a limit',
      (v) => count(v.report.provider.overLimit),
      'zero',
      'zero',
      report.provider.overLimit === 0,
    ),
  ];
}

/** Null when none of the rates was measured. */
function atLeast(rates: readonly (number | null)[], least: number): boolean | null {
  const known = rates.filter((rate) => rate !== null);
  return known.length === 0 ? null : known.every((rate) => rate >= least);
}

function pair(recall: Proportion, precision: Proportion): string {
  return `${percent(recall.rate)}, ${percent(precision.rate)}`;
}

export function percent(share: number | null, digits = 2): string {
  return share === null ? '–' : `${(share * 100).toFixed(digits)} %`;
}

/** A number of things, with thousands set off. */
export function count(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}
