import { expect, test } from 'vitest';
import type { Side } from '../core/signal.ts';
import { resolvedOf, scored } from './statistics.testing.ts';
import type { Scored } from './statistics-scored.ts';
import { SourcesTally } from './statistics-sources.ts';

/** alpaca is for the signal, xai against it. */
function split(side: Side, grossReturn: number): Scored {
  const way = side === 'BUY' ? 1 : -1;
  return scored(resolvedOf(grossReturn - 0.001, { grossReturn }), {
    stratum: { instrumentId: 'AAPL', side, regime: 'trend', configVersion: 'c1' },
    leanings: [
      { sourceId: 'xai', way: way === 1 ? -1 : 1 },
      { sourceId: 'alpaca', way },
    ],
  });
}

function statisticsOf(all: readonly Scored[]) {
  const tally = new SourcesTally();
  for (const one of all) tally.add(one);
  return tally.statistics(1);
}

test.each<{ side: Side; grossReturn: number; forIt: number; against: number }>([
  { side: 'BUY', grossReturn: 0.01, forIt: 1, against: 0 },
  { side: 'BUY', grossReturn: -0.01, forIt: 0, against: 1 },
  { side: 'SELL', grossReturn: 0.01, forIt: 1, against: 0 },
  { side: 'SELL', grossReturn: -0.01, forIt: 0, against: 1 },
  // Costs ate the win: the price went their way nonetheless.
  { side: 'SELL', grossReturn: 0.0005, forIt: 1, against: 0 },
])('a $side that made $grossReturn proves one of the two right', ({ side, grossReturn, forIt, against }) => {
  expect(statisticsOf([split(side, grossReturn)])).toMatchObject([
    { sourceId: 'alpaca', hitRate: { rate: forIt }, dissentRight: { kind: 'notEnough', outcomes: 0 } },
    { sourceId: 'xai', hitRate: { rate: against }, dissentRight: { rate: against, outcomes: 1 } },
  ]);
});

test('a price that came out where it went in, or that nobody knows, proves nobody right', () => {
  const unknown = { ...split('BUY', 0.01), result: { kind: 'unresolved', reason: 'gap' } } as const;
  expect(statisticsOf([split('BUY', 0), unknown])).toEqual([]);
});
