import { expect, test } from 'vitest';
import { instrumentOf } from '../src/core/instrument.ts';
import { createMemoryLedger } from '../src/ledger/memory/ledger.ts';
import { loadProfile, readBarSet, replayBars, replayConfig } from '../src/main.ts';
import { verdictByHand } from '../src/outcomes/brute-force.testing.ts';
import { barsOf } from '../src/outcomes/real-bars.testing.ts';
import { dataText, describeWithData } from './data.ts';

const DAY_MS = 86_400_000;

/** Those who judge by bars: a replay has nothing else to tell. */
const ON_BARS = ['trend', 'meanReversion', 'momentum', 'breakout', 'ensemble'];

type Replayed = {
  readonly profile: string;
  readonly files: readonly string[];
  readonly minutes: number;
  readonly days: number;
};

describeWithData('the engine over recorded bars', () => {
  test.each<Replayed>([
    {
      profile: 'reference',
      files: ['AAPL', 'MSFT', 'QQQ', 'SPY', 'TSLA'].map(
        (id) => `stock-1m-2019/${id}.alphavantage.2019-02-11`,
      ),
      minutes: 1,
      days: 5,
    },
    {
      profile: 'free',
      files: ['BTC', 'SOL'].map((base) => `crypto-1m/${base}-USDT.binance.2023-03`),
      minutes: 1,
      days: 3,
    },
    {
      profile: 'reference',
      files: ['AAPL', 'NVDA', 'TSLA'].map((id) => `stock-5m/${id}.2025-05-12`),
      minutes: 5,
      days: 45,
    },
  ])('$profile, $files.0: each outcome on record is what the definition says', async (replayed) => {
    const { profile, minutes, days } = replayed;
    const files = replayed.files.map((name) => `ohlcv/${name}.csv.gz`);
    const read = readBarSet(files.map((path) => ({ name: path, text: dataText(path) })));
    const loaded = loadProfile(profile, new Proxy({}, { get: () => 'key' }));
    if (read.kind === 'invalid' || loaded.kind !== 'ok') throw new Error('what is replayed cannot be read');
    const sources = loaded.config.sources.filter(({ analyst }) => ON_BARS.includes(analyst));
    const planner = { ...loaded.config.planner, auditShare: 0 };
    const config = replayConfig({ ...loaded.config, sources, planner }, read.bars);
    const ledger = createMemoryLedger();
    await replayBars({ config, bars: read.bars, ledger, toMs: read.bars.fromMs + days * DAY_MS });

    const bars = new Map(
      files.map((path, index) => [read.bars.series[index]?.instrumentId, barsOf(path, minutes * 60_000)]),
    );
    const signals = await ledger.signals({ limit: 500 });
    const outcomes = await ledger.outcomes({ limit: 500 });
    expect(outcomes.length).toBeLessThan(500);
    // All but those that were still open when the bars ended.
    expect(outcomes.length).toBeGreaterThan(signals.length - 1 - files.length);
    const causes: Record<string, number> = {};
    for (const { signal, outcome } of outcomes) {
      const { assetClass } = instrumentOf(signal.instrumentId);
      const end = signals.find((row) => row.signal.id === signal.id)?.end;
      const verdict = verdictByHand({
        signal,
        assetClass,
        bars: (bars.get(signal.instrumentId) ?? []).filter(
          ({ openAtMs }) =>
            openAtMs > signal.openedAtMs - DAY_MS && openAtMs < signal.expiresAtMs + 5 * DAY_MS,
        ),
        finer: [],
        flip: end?.cause === 'flip' && end.price !== null ? { atMs: end.atMs, price: end.price } : null,
        nowMs: outcome.atMs,
        gapMsMax: config.outcomes.gapMsMax,
        frozenMsMax: config.gates.frozenMsMax[assetClass],
        jumpMax: config.gates.jumpMax,
      });
      if (verdict === null) throw new Error(`${signal.id} has an outcome, but is not over`);
      const { barsHeld: _held, ...expected } = { barsHeld: 0, ...verdict };
      expect(outcome, signal.id).toMatchObject(expected);
      const key = verdict.kind === 'resolved' ? verdict.cause : verdict.reason;
      causes[key] = (causes[key] ?? 0) + 1;
    }
    process.stdout.write(
      `${profile}, ${replayed.files[0]}: ${outcomes.length} of ${signals.length} ${JSON.stringify(causes)}\n`,
    );
    expect(outcomes.length).toBeGreaterThan(40);
  });
});
