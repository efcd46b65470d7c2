import { expect, test } from 'vitest';
import { keptBars } from './kept-bars.ts';

const keeping = (bars: number) => ({ kept: { bars, bytes: bars * 48 } });

test('the bars of watches, voters and backups are counted together', () => {
  const desks = [
    { market: keeping(1), voters: [] },
    {
      market: keeping(10),
      voters: [
        { desk: keeping(100), backups: [{ desk: keeping(1_000) }, { desk: keeping(10_000) }] },
        { desk: keeping(100_000), backups: [] },
      ],
    },
  ];
  expect(keptBars(desks)).toEqual({ component: 'bars', entries: 111_111, bytes: 111_111 * 48 });
  expect(keptBars([])).toEqual({ component: 'bars', entries: 0, bytes: 0 });
});
