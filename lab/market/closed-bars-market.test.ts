import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { closeAtMs } from '../../src/index.ts';
import { drawnSeries } from '../../test/look-ahead.ts';
import { ClosedBarsMarket } from './closed-bars-market.ts';

const START_MS = Date.UTC(2026, 0, 14);
const MINUTE_MS = 60_000;
const series = drawnSeries('BTC-USD', START_MS, 300, 'closed');
const all = Array.from({ length: series.length }, (_, index) => series.bar(index));
const market = new ClosedBarsMarket({ series: [series] }, { kind: 'SIMULATED', seed: 'closed' });

const anyMoment = fc.integer({ min: 0, max: 310 * MINUTE_MS }).map((ms) => START_MS + ms);

test('a price is the close of the newest bar that is closed, and no candle is forming', () => {
  fc.assert(
    fc.property(anyMoment, (atMs) => {
      const newest = all.findLast((bar) => closeAtMs(bar) <= atMs);
      const price = market.priceAt('BTC-USD', atMs);
      if (newest === undefined) expect(price).toBeNull();
      else expect(price).toMatchObject({ price: newest.close, eventAtMs: closeAtMs(newest) });
      expect(market.formingBar()).toBeNull();
    }),
  );
});

test.each([
  ['recorded', MINUTE_MS, MINUTE_MS],
  ['shorter ones, as recorded', 20_000, MINUTE_MS],
  ['longer ones, merged', 5 * MINUTE_MS, 5 * MINUTE_MS],
])('bars that are %s are closed within the time that is asked for', (_, intervalMs, lengthMs) => {
  fc.assert(
    fc.property(anyMoment, anyMoment, (oneMs, otherMs) => {
      const [fromMs, toMs] = [Math.min(oneMs, otherMs), Math.max(oneMs, otherMs)];
      const found = market.barsBetween('BTC-USD', intervalMs, fromMs, toMs);
      const within = all.filter(
        ({ openAtMs }) =>
          Math.floor(openAtMs / lengthMs) * lengthMs >= fromMs &&
          (Math.floor(openAtMs / lengthMs) + 1) * lengthMs <= toMs,
      );
      expect(found.every((bar) => bar.openAtMs >= fromMs && closeAtMs(bar) <= toMs)).toBe(true);
      expect(found.reduce((sum, { volume }) => sum + volume, 0)).toBe(
        within.reduce((sum, { volume }) => sum + volume, 0),
      );
    }),
  );
});

test('what is not recorded has no price and no bars', () => {
  expect(market.has('ETH-USD')).toBe(false);
  expect(market.priceAt('ETH-USD', START_MS)).toBeNull();
  expect(market.barsBetween('ETH-USD', MINUTE_MS, START_MS, START_MS + MINUTE_MS)).toEqual([]);
});
