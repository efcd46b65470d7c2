import type { BudgetShown } from '../main.ts';
import { budgetsOf, describeSources } from '../main.ts';
import { type Output, table } from './output.ts';
import { type SettingsOptions, settings } from './settings.ts';

/** What is configured, and what is spent by what a service wrote down: nothing is asked, so this works offline. */
export async function sources(options: SettingsOptions & { json?: boolean }, output: Output): Promise<void> {
  const { config } = settings(options);
  const rows = describeSources(config);
  const budgets = budgetsOf(config);
  if (options.json === true) {
    const budgetOf = new Map(budgets.map(({ sourceId, ...shown }) => [sourceId, shown]));
    return output.json(rows.map((row) => ({ ...row, budget: budgetOf.get(row.id) ?? null })));
  }
  output.line(
    table(
      [
        'source',
        'provider',
        'operator',
        'analyst',
        'share of the vote',
        'gives',
        'limits',
        'price of a call',
      ],
      rows.map((row) => [
        row.enabled ? row.id : `${row.id} (off)`,
        row.title,
        row.operator,
        row.weightShare === 0 ? '–' : row.analyst,
        row.weightShare === 0 ? 'watches only' : `${(row.weightShare * 100).toFixed(1)} %`,
        row.gives.join(', '),
        row.limits.join(', ') || 'none stated',
        row.priceUsdPerCall === null ? 'as billed' : `$${row.priceUsdPerCall}`,
      ]),
    ),
  );
  if (budgets.length === 0) return;
  output.line('');
  output.line(table(['budget of', 'spent', 'left', 'at this pace'], budgets.flatMap(budgetRows)));
}

/** A row for each limit of a budget. */
export function budgetRows({ sourceId, budget, spent, left }: BudgetShown): string[][] {
  const { runsOutAtMs } = left;
  const lasts =
    runsOutAtMs === null ? 'lasts so far' : `runs out ${new Date(runsOutAtMs).toISOString().slice(0, 16)}Z`;
  const dollars = (usd: number): string => `$${usd.toFixed(4)}`;
  const rows: readonly (readonly [number | null, string, string])[] = [
    [budget.usdPerDay, `${dollars(spent.usdToday)} today`, dollars(left.usdLeftToday ?? 0)],
    [budget.usdPerMonth, `${dollars(spent.usdThisMonth)} this month`, dollars(left.usdLeftThisMonth ?? 0)],
    [budget.callsPerDay, `${spent.callsToday} calls today`, `${left.callsLeftToday ?? 0}`],
    [budget.callsPerMonth, `${spent.callsThisMonth} calls this month`, `${left.callsLeftThisMonth ?? 0}`],
  ];
  return rows
    .filter(([max]) => max !== null)
    .map(([max, used, rest], index) => [
      index === 0 ? sourceId : '',
      used,
      `${rest} of ${max}`,
      index === 0 ? lasts : '',
    ]);
}
