import { expect, test } from 'vitest';
import { type BudgetOptions, SOURCE_DEFAULTS, type SourceOptions } from '../core/options.ts';
import { canAfford } from './audit-share.ts';

const NO_BUDGET: BudgetOptions = {
  usdPerDay: null,
  usdPerMonth: null,
  callsPerDay: null,
  callsPerMonth: null,
};
const DAY_MS = 86_400_000;

const source = (fields: Partial<SourceOptions>): SourceOptions => ({
  ...SOURCE_DEFAULTS,
  id: 's',
  kind: 's',
  operator: 's',
  analyst: 'model',
  baseUrl: 'https://x.test',
  keys: {},
  options: {},
  limits: [],
  priceUsdPerCall: null,
  ttlMs: 1,
  ...fields,
});

// 100 audits a day are taken for 200 calls.
test.each<[string, Partial<SourceOptions>, boolean]>([
  ['without any limit', {}, true],
  ['with a limit of a minute alone', { limits: [{ max: 5, windowMs: 60_000, counting: 'sliding' }] }, true],
  ['with 25 calls a day', { limits: [{ max: 25, windowMs: DAY_MS, counting: 'fixed' }] }, false],
  ['with 2,000 calls a day', { limits: [{ max: 2_000, windowMs: DAY_MS, counting: 'fixed' }] }, true],
  ['with 1,999 calls a day', { limits: [{ max: 1_999, windowMs: DAY_MS, counting: 'fixed' }] }, false],
  [
    'with 60,000 calls a month',
    { limits: [{ max: 60_000, windowMs: 30 * DAY_MS, counting: 'fixed' }] },
    true,
  ],
  ['with a budget of 1,999 calls a day', { budget: { ...NO_BUDGET, callsPerDay: 1_999 } }, false],
  ['with a budget of 59,999 calls a month', { budget: { ...NO_BUDGET, callsPerMonth: 59_999 } }, false],
  ['with $20 a day at $0.01', { budget: { ...NO_BUDGET, usdPerDay: 20 }, priceUsdPerCall: 0.01 }, true],
  ['with $19 a day at $0.01', { budget: { ...NO_BUDGET, usdPerDay: 19 }, priceUsdPerCall: 0.01 }, false],
  [
    'with $599 a month at $0.01',
    { budget: { ...NO_BUDGET, usdPerMonth: 599 }, priceUsdPerCall: 0.01 },
    false,
  ],
])('a source %s', (_name, fields, affords) => {
  expect(canAfford(source(fields), 100)).toBe(affords);
});
