import type { AgreementPart, Match } from './agreement.ts';
import type { Comparison, Variant } from './compare.ts';

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

/** A row before its three clients are put in. */
type Figure = {
  readonly figure: string;
  readonly of: (variant: Variant) => string;
  readonly ownersTarget?: string;
  readonly target?: string;
  readonly reached?: boolean | null;
};

/** The rows that the simulator judges, by the providers' own counts. */
export function simulatedRows(comparison: Comparison): TargetRow[] {
  const { naive, historic, sextant } = comparison;
  const figures = [...costFigures(comparison), ...agreementFigures(sextant), ...serviceFigures(sextant)];
  return figures.map(({ figure, of, ownersTarget = '–', target = '–', reached = null }) => ({
    figure,
    judge: 'simulator',
    naive: of(naive),
    historic: of(historic),
    ownersTarget,
    sextant: of(sextant),
    target,
    reached,
  }));
}

function costFigures({ naive, sextant }: Comparison): Figure[] {
  const { calls, cache } = sextant.report;
  const money = ({ report: { costUsd } }: Variant): number | null =>
    naive.report.costUsd.total === 0 ? null : costUsd.total / naive.report.costUsd.total;
  const monthly = ({ report }: Variant): number => (report.calls.total / report.days) * MONTH_DAYS;
  return [
    {
      figure: 'API calls per cycle',
      of: ({ report }) => report.calls.perCycle.toFixed(2),
      ownersTarget: '10–15',
      target: '≤ 2.0',
      reached: calls.perCycle <= 2,
    },
    {
      figure: 'calls in 30 days',
      of: (variant) => count(monthly(variant)),
      ownersTarget: '5–8 M',
      target: '≤ 1.05 M',
      reached: monthly(sextant) <= 1.05e6,
    },
    {
      figure: 'money, of naive',
      of: (variant) => percent(money(variant)),
      ownersTarget: '30–40 %',
      target: '≤ 5 %',
      reached: atMost(money(sextant), 0.05),
    },
    {
      figure: 'money a day',
      of: ({ report: { costUsd, days } }) => `$${(costUsd.total / days).toFixed(2)}`,
    },
    {
      figure: 'money per signal opened',
      of: ({ report: { costUsd, signals } }) =>
        signals === 0 ? '–' : `$${(costUsd.total / signals).toFixed(4)}`,
    },
    {
      figure: 'lookups answered without a call',
      of: ({ report }) => percent(report.cache.hitRate),
      ownersTarget: '> 80 %',
      target: '> 95 %',
      reached: atLeast([cache.hitRate], 0.95),
    },
  ];
}

const PARTS = [
  { name: 'stocks in session', part: 'stocksInSession' },
  { name: 'crypto in session', part: 'cryptoInSession' },
  { name: 'crypto, other hours', part: 'cryptoOtherHours' },
] as const;

function agreementFigures({ agreement }: Variant): Figure[] {
  const equal = { target: '≥ 99.9 %' };
  const both = (figure: string, of: (part: AgreementPart) => Match): Figure => {
    const rates = PARTS.flatMap(({ part }) => {
      const { recall, precision } = of(agreement.parts[part]);
      return [recall.rate, precision.rate];
    });
    return {
      figure: `${figure}: recall, precision`,
      of: (variant) => pair(of(variant.agreement)),
      target: '≥ 99 % in each part',
      reached: atLeast(rates, 0.99),
    };
  };
  return [
    {
      ...equal,
      figure: 'equal to asking everyone afresh',
      of: (variant) => percent(variant.agreement.rate, 3),
      reached: atLeast([agreement.rate], 0.999),
    },
    ...PARTS.map(({ name, part }) => ({
      ...equal,
      figure: `equal: ${name}`,
      of: (variant: Variant) => percent(variant.agreement.parts[part].rate, 3),
      reached: atLeast([agreement.parts[part].rate], 0.999),
    })),
    both('BUY/SELL', ({ directions }) => directions),
    both('transitions in the slot', ({ transitions }) => transitions.exact),
    both('transitions ± 1 slot', ({ transitions }) => transitions.withinOneSlot),
    {
      figure: 'abstentions not required',
      of: (variant) => count(variant.agreement.needlessAbstentions),
    },
  ];
}

function serviceFigures({ report }: Variant): Figure[] {
  return [
    {
      figure: 'uptime of decisions',
      of: (variant) => percent(variant.report.availability, 3),
      ownersTarget: '> 99.9 %',
      target: '≥ 99.99 %',
      reached: report.availability >= 0.9999,
    },
    {
      figure: 'error rate',
      of: (variant) => percent(variant.report.errorRate, 3),
      ownersTarget: '< 0.1 %',
      target: '≤ 0.01 %',
      reached: report.errorRate <= 0.0001,
    },
    {
      figure: 'recovery after an outage, p99',
      of: ({ report: { recoveryMs } }) =>
        recoveryMs === null ? 'no outage' : `${(recoveryMs.p99 / 1_000).toFixed(1)} s`,
      ownersTarget: '< 30 s',
      target: '≤ 5 s',
      reached: atMost(report.recoveryMs?.p99 ?? null, 5_000),
    },
    {
      figure: 'requests above a limit',
      of: (variant) => count(variant.report.provider.overLimit),
      ownersTarget: 'zero',
      target: 'zero',
      reached: report.provider.overLimit === 0,
    },
  ];
}

function atMost(value: number | null, most: number): boolean | null {
  return value === null ? null : value <= most;
}

/** Null when none of the rates was measured. */
function atLeast(rates: readonly (number | null)[], least: number): boolean | null {
  const known = rates.filter((rate) => rate !== null);
  return known.length === 0 ? null : known.every((rate) => rate >= least);
}

function pair({ recall, precision }: Match): string {
  return `${percent(recall.rate)}, ${percent(precision.rate)}`;
}

export function percent(share: number | null, digits = 2): string {
  return share === null ? '–' : `${(share * 100).toFixed(digits)} %`;
}

/** A number of things, with thousands set off. */
export function count(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}
