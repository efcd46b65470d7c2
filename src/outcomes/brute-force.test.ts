import { afterAll, expect, test } from 'vitest';
import { describeWithData } from '../../test/data.ts';
import { type Bar, closeAtMs } from '../core/bar.ts';
import { instrumentOf } from '../core/instrument.ts';
import { GATE_DEFAULTS, OUTCOME_DEFAULTS } from '../core/options.ts';
import type { Random } from '../core/random.ts';
import { sessionAt } from '../core/sessions/session.ts';
import type { Signal } from '../core/signal.ts';
import { createSeededRandom } from '../platform/seeded-random.ts';
import { baselineByHand, verdictByHand } from './brute-force.testing.ts';
import { barsOf, closedUntil, entryAmid } from './real-bars.testing.ts';
import { signalOutcome } from './signal-outcome.ts';
import { walked } from './walk.testing.ts';

/** Of each series; SEXTANT_SLOW=1: ten times as many. */
const SIGNALS = process.env.SEXTANT_SLOW === '1' ? 3_000 : 300;
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/** As many as a desk keeps. */
const KEPT = 1_500;

type Series = {
  readonly id: string;
  readonly file: string;
  readonly intervalMs: number;
  /** Of the same bars in more detail. */
  readonly finer?: string;
  /** How long signals last at most, in ms, and how far their levels may lie, in mean ranges. */
  readonly lengthMsMax?: number;
  readonly rangesMax?: number;
};
const minutes = (id: string, file: string): Series => ({ id, file, intervalMs: MINUTE_MS });

const SERIES: readonly Series[] = [
  ...['AAPL', 'MSFT', 'QQQ', 'SPY', 'TSLA'].map((id) =>
    minutes(id, `stock-1m-2019/${id}.alphavantage.2019-02-11`),
  ),
  ...['BTC', 'ETH', 'SOL', 'XRP'].map((base) =>
    minutes(`${base}-USDT`, `crypto-1m/${base}-USDT.binance.2023-03`),
  ),
  {
    id: 'BTC-USDT',
    file: 'crypto-5m/BTC-USDT.binance.2023-03',
    intervalMs: 5 * MINUTE_MS,
    finer: 'crypto-1m/BTC-USDT.binance.2023-03',
    rangesMax: 1,
  },
  ...['AAPL', 'MSFT', 'NVDA', 'QQQ', 'SPY', 'TSLA'].map((id) => ({
    id,
    file: `stock-5m/${id}.2025-05-12`,
    intervalMs: 5 * MINUTE_MS,
  })),
  // Holes, standstills and a split of 7:1.
  minutes('BTC-USD', 'multivenue-1m/BTC-USD.coinbase.2023-03-01'),
  minutes('USDC-USD', 'multivenue-1m/USDC-USD.kraken.2023-03-01'),
  minutes('BTC-USDC', 'multivenue-1m/BTC-USDC.binanceus.2023-03-01'),
  minutes('USDC-USDT', 'multivenue-1m/USDC-USDT.binanceus.2023-03-01'),
  {
    ...minutes('AAPL', 'stock-1m-lean/AAPL.lean.2014-06-05'),
    lengthMsMax: 5 * DAY_MS,
    rangesMax: 200,
  },
];

type Drawn = {
  readonly signal: Signal;
  readonly flip: { readonly atMs: number; readonly price: number } | null;
  readonly nowMs: number;
};

/** Any side, any levels, any length; one in four flips; one in ten is looked at before it is over. */
function draw(series: Series, bars: readonly Bar[], random: Random): Drawn {
  const instrument = instrumentOf(series.id);
  const { signal, ranges } = entryAmid({ ...series, instrument, bars, random });
  const lengthMs = signal.expiresAtMs - signal.openedAtMs;
  const flipAtMs = signal.openedAtMs + Math.floor(random.next() * lengthMs);
  const price = signal.entry + (random.next() - 0.5) * ranges;
  const seenFor = random.next() < 0.1 ? random.next() * 2 * lengthMs : 6 * DAY_MS;
  return {
    signal,
    flip: random.next() < 0.25 ? { atMs: flipAtMs, price } : null,
    nowMs: signal.openedAtMs + Math.floor(seenFor),
  };
}

describeWithData('outcomes on real bars', () => {
  const counts: Record<string, number> = {};
  const count = (key: string): void => {
    counts[key] = (counts[key] ?? 0) + 1;
  };
  afterAll(() => {
    const signals = SIGNALS * SERIES.length;
    process.stdout.write(`${signals} signals held against brute force: ${JSON.stringify(counts)}\n`);
  });

  test.each(SERIES)('$file: each is what the definition says', (series) => {
    const { id, file, intervalMs, finer } = series;
    const { assetClass } = instrumentOf(id);
    const all = barsOf(`ohlcv/${file}.csv.gz`, intervalMs);
    const inSession = all.filter(({ openAtMs }) => sessionAt(assetClass, openAtMs).phase === 'open');
    const details = finer === undefined ? [] : barsOf(`ohlcv/${finer}.csv.gz`, MINUTE_MS);
    const random = createSeededRandom(file);
    const rules = {
      gapMsMax: OUTCOME_DEFAULTS.gapMsMax,
      frozenMsMax: GATE_DEFAULTS.frozenMsMax[assetClass],
      jumpMax: GATE_DEFAULTS.jumpMax,
    };
    for (let index = 0; index < SIGNALS; index += 1) {
      const { signal, flip, nowMs } = draw(series, all, random);
      const within = ({ openAtMs }: Bar): boolean =>
        openAtMs > signal.openedAtMs - 3_600_000 && openAtMs < signal.expiresAtMs + 5 * DAY_MS;
      const given = {
        signal,
        assetClass,
        bars: all.filter(within),
        finer: details.filter(within),
        flip,
        nowMs,
        ...rules,
      };
      const expected = verdictByHand(given);
      const finerOf = (bar: Bar): readonly Bar[] => closedUntil(details, closeAtMs(bar), 5);
      const options = { signal, assetClass, intervalMs, ...(finer !== undefined && { finerOf }) };
      const found = walked(options, { bars: given.bars, flip, nowMs, rules });
      if (finer !== undefined) {
        const coarse = walked({ signal, assetClass, intervalMs }, { bars: given.bars, flip, nowMs, rules });
        if (coarse?.kind === 'resolved' && coarse.isAmbiguous) count('ambiguous in coarse bars');
      }
      const what = `${signal.id} to ${signal.expiresAtMs}`;
      expect(found === null, what).toBe(expected === null);
      const key =
        expected === null ? 'waiting' : expected.kind === 'resolved' ? expected.cause : expected.reason;
      count(key);
      if (found === null || expected === null) continue;
      const kept = closedUntil(inSession, expected.kind === 'resolved' ? expected.exitAtMs : nowMs, KEPT);
      const costs = OUTCOME_DEFAULTS;
      const outcome = signalOutcome({
        signal,
        assetClass,
        finding: found,
        cycle: 1,
        atMs: nowMs,
        costs,
        bars: kept,
      });
      expect(outcome, what).toMatchObject(
        expected.kind === 'unresolved'
          ? expected
          : {
              kind: 'resolved',
              cause: expected.cause,
              exitPrice: expected.exitPrice,
              exitAtMs: expected.exitAtMs,
              isAmbiguous: expected.isAmbiguous,
              grossReturn: expected.grossReturn,
              netReturn: expected.grossReturn - (assetClass === 'stock' ? 6 : 24) / 10_000,
            },
      );
      if (outcome.kind === 'unresolved' || expected.kind === 'unresolved') continue;
      if (outcome.isAmbiguous) count('ambiguous');
      // Slow by hand.
      if (index % 10 > 0) continue;
      count('baselines');
      const baseline = baselineByHand({ signal, assetClass, bars: kept }, expected);
      if (baseline === null) expect(outcome.baselineReturn, what).toBeNull();
      else expect(outcome.baselineReturn, what).toBeCloseTo(baseline, 12);
    }
  });

  test('the bars hold every cause and every reason often enough', () => {
    for (const key of [
      'target',
      'stop',
      'expiry',
      'flip',
      'gap',
      'halt',
      'split',
      'noBars',
      'waiting',
      'ambiguous',
      'ambiguous in coarse bars',
    ])
      expect(counts[key] ?? 0, key).toBeGreaterThanOrEqual(5);
  });
});
