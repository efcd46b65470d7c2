import { expect, test } from 'vitest';
import type { BudgetLeft } from '../core/answer.ts';
import { spentText } from './board-text.ts';

const NONE: BudgetLeft = {
  usdLeftToday: null,
  usdLeftThisMonth: null,
  callsLeftToday: null,
  callsLeftThisMonth: null,
  runsOutAtMs: null,
};

test.each<[string, BudgetLeft | null, string]>([
  ['no budget', null, '$0.1200'],
  ['dollars of the day', { ...NONE, usdLeftToday: 0.88, usdLeftThisMonth: 9 }, '$0.1200 ($0.88 left)'],
  ['dollars of the month', { ...NONE, usdLeftThisMonth: 9 }, '$0.1200 ($9.00 left)'],
  ['calls', { ...NONE, callsLeftToday: 0 }, '$0.1200 (0 calls left)'],
  [
    'both',
    { ...NONE, usdLeftToday: 1, callsLeftThisMonth: 70, callsLeftToday: 7 },
    '$0.1200 ($1.00, 7 calls left)',
  ],
])('what is spent and left with %s', (_, budget, text) => {
  expect(spentText({ spentUsd: 0.12, budget })).toBe(text);
});
