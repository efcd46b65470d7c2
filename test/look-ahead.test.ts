import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readBarSet } from '../src/replay/bar-set.ts';
import { CRYPTO_2023, STOCKS_2019 } from './accept/replay-run.ts';
import { dataText, describeWithData } from './data.ts';
import { drawnSeries, lookAhead, oracle } from './look-ahead.ts';

/** No decision rests on what had not happened yet. */

/** A Wednesday, in regular trading. */
const START_MS = Date.parse('2026-01-14T14:30:00Z');
const BARS = 170;
const CUT_MIN = 120;
const RUNS = process.env.SEXTANT_SLOW === '1' ? 200 : 6;

const cut = fc.record({
  cutBar: fc.integer({ min: CUT_MIN, max: BARS - 5 }),
  seed: fc.string({ minLength: 4, maxLength: 8 }),
});

const drawn = (seed: string) => ['BTC-USDT', 'AAPL'].map((id) => drawnSeries(id, START_MS, BARS, seed));

test('changing any bar after a cut changes nothing up to it', { timeout: 120_000 }, () =>
  fc.assert(
    fc.asyncProperty(cut, async ({ cutBar, seed }) => {
      const cutMs = START_MS + cutBar * 60_000;
      expect(await lookAhead({ series: drawn(seed), cutMs, bars: 40, seed })).toBeNull();
    }),
    { numRuns: RUNS },
  ),
);

test('a planted oracle that answers with the next bar is flagged at every cut', { timeout: 120_000 }, () =>
  fc.assert(
    fc.asyncProperty(cut, async ({ cutBar, seed }) => {
      const cutMs = START_MS + cutBar * 60_000;
      const found = await lookAhead({ series: drawn(seed), cutMs, bars: 5, seed, gateway: oracle });
      expect(found).toMatch(/became/);
    }),
    { numRuns: RUNS },
  ),
);

describeWithData('over real bars', () => {
  /** Bars before the cut: five-minute bars need days until the market can be judged. */
  const RECORDED = [
    ['stocks of 2019, minutes', STOCKS_2019, 90],
    ['crypto of 2023, minutes', CRYPTO_2023.slice(0, 1), 90],
    [
      'stocks of 2025, five minutes',
      ['AAPL', 'NVDA'].map((id) => `ohlcv/stock-5m/${id}.2025-05-12.csv.gz`),
      1_300,
    ],
  ] as const;

  test.each(RECORDED)(
    '%s: nothing rests on later bars, and the oracle is flagged',
    { timeout: 120_000 },
    async (_, files, bars) => {
      const read = readBarSet(files.map((name) => ({ name, text: dataText(name) })));
      if (read.kind === 'invalid') throw new Error(read.details.join('\n'));
      const { series } = read.bars;
      const shortest = Math.min(...series.map(({ length }) => length));
      const place = fc.record({ share: fc.double({ min: 0.1, max: 0.95, noNaN: true }), seed: fc.string() });
      await fc.assert(
        fc.asyncProperty(place, async ({ share, seed }) => {
          const last = series[0]?.bar(Math.floor(share * shortest));
          const trial = { series, cutMs: (last?.openAtMs ?? 0) + read.bars.intervalMs, bars, seed };
          expect(await lookAhead(trial)).toBeNull();
          expect(await lookAhead({ ...trial, gateway: oracle })).toMatch(/became/);
        }),
        { numRuns: RUNS > 6 ? 40 : 2 },
      );
    },
  );
});
