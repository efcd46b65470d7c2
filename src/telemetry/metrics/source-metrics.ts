import type { Registry } from 'prom-client';
import type { BudgetLeft } from '../../core/answer.ts';
import type { LiveSource, LiveView } from '../../core/live.ts';
import { scrapedGauge } from './scraped.ts';

const STATES: readonly LiveSource['state'][] = [
  'unasked',
  'ok',
  'limited',
  'quota',
  'auth',
  'blocked',
  'failing',
  'disabled',
];

/** Which figure of a budget is which of the gauges' series. */
const BUDGET_SERIES: readonly {
  readonly of: keyof BudgetLeft;
  readonly unit: 'usd' | 'calls';
  readonly period: string;
}[] = [
  { of: 'usdLeftToday', unit: 'usd', period: 'day' },
  { of: 'usdLeftThisMonth', unit: 'usd', period: 'month' },
  { of: 'callsLeftToday', unit: 'calls', period: 'day' },
  { of: 'callsLeftThisMonth', unit: 'calls', period: 'month' },
];

/** How the sources fare, read when somebody looks. A figure that is not known has no series. */
export function sourceMetrics(registry: Registry, live: Pick<LiveView, 'sources'>): void {
  const gauge = <T extends string>(
    name: string,
    help: string,
    labelNames: readonly T[],
    show: (source: LiveSource, set: (labels: Record<T, string>, value: number) => void) => void,
  ): void =>
    scrapedGauge(registry, { name, help, labelNames }, (set) => {
      for (const source of live.sources()) show(source, set);
    });

  gauge(
    'sextant_source_state',
    '1 for the state that a source is in, 0 for the others.',
    ['source', 'state'],
    ({ sourceId: source, state: is }, set) => {
      for (const state of STATES) set({ source, state }, state === is ? 1 : 0);
    },
  );
  gauge(
    'sextant_source_last_answer_timestamp_seconds',
    'When a source last answered a question (Unix time).',
    ['source'],
    ({ sourceId: source, lastOkAtMs }, set) => {
      if (lastOkAtMs !== null) set({ source }, lastOkAtMs / 1_000);
    },
  );
  for (const unit of ['usd', 'calls'] as const) {
    gauge(
      `sextant_budget_left_${unit}`,
      `What the budget of a source still allows, requests under way taken off, in ${unit === 'usd' ? 'US dollars' : 'calls'}.`,
      ['source', 'period'],
      ({ sourceId: source, budget }, set) => {
        for (const series of BUDGET_SERIES) {
          const left = budget?.[series.of] ?? null;
          if (series.unit === unit && left !== null) set({ source, period: series.period }, left);
        }
      },
    );
  }
  gauge(
    'sextant_budget_runs_out_timestamp_seconds',
    'When the first budget of a source is spent if its day or month goes on as it began (Unix time).',
    ['source'],
    ({ sourceId: source, budget }, set) => {
      const runsOutAtMs = budget?.runsOutAtMs ?? null;
      if (runsOutAtMs !== null) set({ source }, runsOutAtMs / 1_000);
    },
  );
  gauge(
    'sextant_quota_used_ratio',
    'Of an allowance of a day or longer, the share that the provider may be counting as used.',
    ['source', 'window'],
    ({ sourceId: source, quotas }, set) => {
      for (const { windowMs, used, max } of quotas)
        set({ source, window: `${windowMs / 1_000}s` }, used / max);
    },
  );
}
