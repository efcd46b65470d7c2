import { expect, test } from 'vitest';
import { describeWithData } from '../../test/data.ts';
import { type Bar, closeAtMs } from '../core/bar.ts';
import { instrumentOf } from '../core/instrument.ts';
import { GATE_DEFAULTS, OUTCOME_DEFAULTS, SIGNAL_DEFAULTS } from '../core/options.ts';
import { sessionAt } from '../core/sessions/session.ts';
import type { Side } from '../core/signal.ts';
import { createSeededRandom } from '../platform/seeded-random.ts';
import { OutcomeWalk } from './outcome-walk.ts';
import { barsOf } from './real-bars.testing.ts';
import { signalOutcome } from './signal-outcome.ts';
import { signalOf } from './walk.testing.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/** As many as a desk keeps. */
const KEPT = 1_500;
const BARS_OF_RANGE = 14;
/** Between the end of a signal and the next one: holding times of one symbol do not overlap. */
const PAUSE_MS_MAX = 3 * 3_600_000;
/** Of the normal distribution, two-sided. */
const Z_99 = 2.575_829;

const SERIES = [
  ...['AAPL', 'MSFT', 'QQQ', 'SPY', 'TSLA'].map(
    (id) => [id, `stock-1m-2019/${id}.alphavantage.2019-02-11`, 1] as const,
  ),
  ...['BTC', 'ETH', 'SOL', 'XRP'].map(
    (base) => [`${base}-USDT`, `crypto-1m/${base}-USDT.binance.2023-03`, 1] as const,
  ),
  ...['AAPL', 'MSFT', 'NVDA', 'QQQ', 'SPY', 'TSLA'].map(
    (id) => [id, `stock-5m/${id}.2025-05-12`, 5] as const,
  ),
];

type Excess = { readonly day: number; readonly side: Side; readonly value: number };
/** Chooses a side, given what follows, which only a cheat looks at. */
type Choice = (chance: number, following: readonly Bar[]) => Side;

const AT_RANDOM: Choice = (chance) => (chance < 0.5 ? 'BUY' : 'SELL');
const ORACLE: Choice = (_chance, following) =>
  (following.at(-1)?.close ?? 0) > (following[0]?.open ?? 0) ? 'BUY' : 'SELL';

/** Entries at the open of a bar at random, one after the other, with the levels and the expiry of the defaults. */
function excesses([id, file, minutes]: (typeof SERIES)[number], choose: Choice): Excess[] {
  const { assetClass } = instrumentOf(id);
  const intervalMs = minutes * MINUTE_MS;
  const bars = barsOf(`ohlcv/${file}.csv.gz`, intervalMs).filter(
    ({ openAtMs }) => sessionAt(assetClass, openAtMs).phase === 'open',
  );
  const rules = {
    gapMsMax: OUTCOME_DEFAULTS.gapMsMax,
    frozenMsMax: GATE_DEFAULTS.frozenMsMax[assetClass],
    jumpMax: GATE_DEFAULTS.jumpMax,
  };
  const random = createSeededRandom(`entries of ${file}`);
  const pause = (): number => 1 + Math.floor((random.next() * PAUSE_MS_MAX) / intervalMs);
  const found: Excess[] = [];
  for (let index = BARS_OF_RANGE + pause(); index < bars.length; index += pause()) {
    const { open: entry = 0, openAtMs: openedAtMs = 0 } = bars[index] ?? {};
    const before = bars.slice(index - BARS_OF_RANGE, index);
    const range = before.reduce((sum, { high, low }) => sum + high - low, 0) / BARS_OF_RANGE;
    const side = choose(random.next(), bars.slice(index, index + 30));
    const direction = side === 'BUY' ? 1 : -1;
    const signal = signalOf(id, side, {
      entry,
      target: entry + direction * SIGNAL_DEFAULTS.targetAtr * range,
      stop: entry - direction * SIGNAL_DEFAULTS.stopAtr * range,
      openedAtMs,
      expiresAtMs: openedAtMs + SIGNAL_DEFAULTS.expiryMs,
    });
    const walk = new OutcomeWalk({ signal, assetClass, intervalMs });
    let last = index;
    for (; last < bars.length && walk.finding === null; last += 1) {
      const bar = bars[last];
      if (bar === undefined) break;
      walk.feed(bar, rules);
      walk.wait(closeAtMs(bar), rules);
    }
    if (walk.finding === null) break;
    const kept = bars.slice(Math.max(0, last - KEPT), last);
    const told = { cycle: 1, atMs: 0, costs: OUTCOME_DEFAULTS, bars: kept };
    const outcome = signalOutcome({ signal, assetClass, finding: walk.finding, ...told });
    index = last;
    if (outcome.kind === 'unresolved' || outcome.baselineReturn === null) continue;
    const day = Math.floor(openedAtMs / DAY_MS);
    found.push({ day, side, value: outcome.grossReturn - outcome.baselineReturn });
  }
  return found;
}

/** The mean with its 99 % interval; what happens on one day, in whatever symbol, counts as one observation. */
function meanOf(found: readonly Excess[]) {
  const mean = found.reduce((sum, { value }) => sum + value, 0) / found.length;
  const byDay = new Map<number, number>();
  for (const { day, value } of found) byDay.set(day, (byDay.get(day) ?? 0) + value - mean);
  const squares = [...byDay.values()].reduce((sum, one) => sum + one ** 2, 0);
  const margin = (Z_99 * Math.sqrt((squares * byDay.size) / (byDay.size - 1))) / found.length;
  return { mean, low: mean - margin, high: mean + margin, days: byDay.size, signals: found.length };
}

function tell(what: string, { mean, low, high, days, signals }: ReturnType<typeof meanOf>): void {
  const bps = (share: number): string => (share * 10_000).toFixed(2);
  process.stdout.write(
    `${what}: mean excess ${bps(mean)} bps, 99 % interval ${bps(low)} to ${bps(high)}, ${signals} signals on ${days} days\n`,
  );
}

describeWithData('entries at random on real bars', () => {
  test('have no excess over the baseline', () => {
    const found = SERIES.flatMap((series) => excesses(series, AT_RANDOM));
    expect(found.length).toBeGreaterThan(2_000);
    const all = meanOf(found);
    tell('at random', all);
    expect(all.low).toBeLessThan(0);
    expect(all.high).toBeGreaterThan(0);
    for (const side of ['BUY', 'SELL'] as const) {
      const ofSide = meanOf(found.filter((one) => one.side === side));
      tell(`at random, ${side}`, ofSide);
      expect(ofSide.low).toBeLessThan(0);
      expect(ofSide.high).toBeGreaterThan(0);
    }
  });

  test('an oracle that sees the half hour ahead has one', () => {
    const all = meanOf(SERIES.flatMap((series) => excesses(series, ORACLE)));
    tell('an oracle', all);
    expect(all.low).toBeGreaterThan(0);
  });
});
