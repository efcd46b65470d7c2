import * as fc from 'fast-check';
import type { Leaning, Scored, ScoredResult } from './statistics-scored.ts';

/** Scored signals for tests of the statistics. */

const AT_MS = Date.UTC(2026, 0, 14, 15);

export function resolvedOf(netReturn: number, fields: Partial<ScoredResult> = {}): ScoredResult {
  return {
    kind: 'resolved',
    cause: netReturn > 0 ? 'target' : 'stop',
    isAmbiguous: false,
    grossReturn: netReturn + 0.001,
    netReturn,
    baselineReturn: null,
    ...fields,
  } as ScoredResult;
}

export function scored(result: ScoredResult, fields: Partial<Omit<Scored, 'result'>> = {}): Scored {
  const stratum = { instrumentId: 'AAPL', side: 'BUY', regime: 'trend', configVersion: 'c1' } as const;
  return { atMs: AT_MS, stratum, leanings: [], confidence: 0.5, result, ...fields };
}

const anyReturn = fc.integer({ min: -500, max: 500 }).map((bps) => bps / 10_000);

const anyResult: fc.Arbitrary<ScoredResult> = fc.oneof(
  fc.record({
    kind: fc.constant('unresolved' as const),
    reason: fc.constantFrom('gap', 'halt', 'split', 'noBars'),
  }),
  fc.record({
    kind: fc.constant('resolved' as const),
    cause: fc.constantFrom('flip', 'target', 'stop', 'expiry'),
    isAmbiguous: fc.boolean(),
    grossReturn: anyReturn,
    netReturn: anyReturn,
    baselineReturn: fc.option(anyReturn),
  }),
);

const anyLeanings: fc.Arbitrary<Leaning[]> = fc.uniqueArray(
  fc.record({
    sourceId: fc.constantFrom('alpaca', 'yahoo', 'xai'),
    way: fc.constantFrom(1 as const, -1 as const),
  }),
  { selector: ({ sourceId }) => sourceId },
);

export const anyScored: fc.Arbitrary<Scored> = fc.record({
  atMs: fc.integer({ min: 0, max: 20 }).map((weeks) => AT_MS + weeks * 7 * 86_400_000),
  stratum: fc.record({
    instrumentId: fc.constantFrom('AAPL', 'BRK.B', 'BTC-USD'),
    side: fc.constantFrom('BUY', 'SELL'),
    regime: fc.constantFrom('trend', 'range', 'volatile', 'crisis'),
    configVersion: fc.constantFrom('c1', 'c2'),
  }),
  leanings: anyLeanings,
  confidence: fc.integer({ min: 0, max: 100 }).map((percent) => percent / 100),
  result: anyResult,
});
