import type { Registry } from 'prom-client';
import type { BudgetLeft } from '../../core/answer.ts';
import type { LiveView } from '../../core/live.ts';
import { sourceGauge } from './source-gauge.ts';

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

/** What budgets and limits leave, read when somebody looks. A source without a budget has no series of one. */
export function limitMetrics(registry: Registry, live: Pick<LiveView, 'sources'>): void {
  const gauge = sourceGauge(registry, live);

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
      for (const { windowMs, used, max } of quotas) set({ source, window: windowText(windowMs) }, used / max);
    },
  );
  gauge(
    'sextant_limit_left_ratio',
    'Of each window of a provider, the share that may still be used now.',
    ['source', 'window'],
    ({ sourceId: source, limits }, set) => {
      for (const { windowMs, used, max } of limits)
        set({ source, window: windowText(windowMs) }, Math.max(0, 1 - used / max));
    },
  );
}

function windowText(windowMs: number): string {
  return `${windowMs / 1_000}s`;
}
