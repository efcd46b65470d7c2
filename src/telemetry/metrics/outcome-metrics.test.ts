import { Registry } from 'prom-client';
import { expect, test } from 'vitest';
import type { LedgerEntry } from '../../core/ledger.ts';
import type { SignalOutcome } from '../../core/outcome.ts';
import { resolved, unresolved } from '../../ledger/sample.testing.ts';
import { OutcomeMetrics } from './outcome-metrics.ts';

const entryOf = (body: SignalOutcome): LedgerEntry => ({ type: 'outcome', body }) as LedgerEntry;

/** What stands in the text, by name and labels. */
async function counted(outcomes: readonly SignalOutcome[]): Promise<(series: string) => number> {
  const registry = new Registry();
  new OutcomeMetrics(registry).cycle({ entries: outcomes.map(entryOf) });
  const lines = (await registry.metrics()).split('\n');
  return (series) =>
    Number(
      lines
        .find((line) => line.startsWith(`${series} `))
        ?.split(' ')
        .at(-1),
    );
}

test('wins and losses are the numerator and the denominator of any window’s win rate', async () => {
  const of = await counted([
    { ...resolved('AAPL', 'BUY', 1, 2), netReturn: 0.02 },
    { ...resolved('AAPL', 'BUY', 1, 2), netReturn: 0.01 },
    { ...resolved('AAPL', 'BUY', 1, 2), netReturn: -0.005 },
    { ...resolved('AAPL', 'BUY', 1, 2), netReturn: 0 },
    unresolved('AAPL', 'SELL', 1, 2),
  ]);
  expect(of('sextant_outcomes_total{side="BUY",result="win"}')).toBe(2);
  expect(of('sextant_outcomes_total{side="BUY",result="loss"}')).toBe(2);
  expect(of('sextant_outcomes_total{side="SELL",result="unresolved"}')).toBe(1);
  expect(of('sextant_outcomes_gain_ratio_total{side="BUY"}')).toBeCloseTo(0.03, 12);
  expect(of('sextant_outcomes_loss_ratio_total{side="BUY"}')).toBeCloseTo(0.005, 12);
});

test('what has not happened yet is counted as 0, so that its first time is an increase', async () => {
  const of = await counted([]);
  for (const result of ['win', 'loss', 'unresolved'])
    expect(of(`sextant_outcomes_total{side="SELL",result="${result}"}`)).toBe(0);
});
