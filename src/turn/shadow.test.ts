import { expect, test } from 'vitest';
import type { Verdict } from '../core/vote.ts';
import { shadowOutcome } from './shadow.ts';

const BUY: Verdict = { kind: 'BUY', reason: null };
const HOLD: Verdict = { kind: 'HOLD', reason: null };
const NO_PRICE: Verdict = { kind: 'ABSTAIN', reason: 'noPrice' };
const NO_QUORUM: Verdict = { kind: 'ABSTAIN', reason: 'noQuorum' };

test.each([
  ['one side', BUY, BUY, 'equal'],
  ['two sides', BUY, HOLD, 'different'],
  ['a side and an abstention', HOLD, NO_QUORUM, 'different'],
  ['one reason', NO_PRICE, NO_PRICE, 'equal'],
  ['two reasons to abstain', NO_PRICE, NO_QUORUM, 'different'],
] as const)('%s: a shadow is compared by kind and reason', (_title, shadow, real, expected) => {
  expect(shadowOutcome(shadow, real)).toBe(expected);
  expect(shadowOutcome(real, shadow)).toBe(expected);
});
