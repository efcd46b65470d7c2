import type { Gateway } from '../src/core/answer.ts';
import type { Bar } from '../src/core/bar.ts';
import { canonicalJson } from '../src/core/canonical-json.ts';
import type { Clock } from '../src/core/clock.ts';
import type { Random } from '../src/core/random.ts';
import { createMemoryLedger } from '../src/ledger/memory/ledger.ts';
import { loadConfigText } from '../src/main.ts';
import { createSeededRandom } from '../src/platform/seeded-random.ts';
import { BarColumn, BarSeries } from '../src/replay/bar-series.ts';
import { type BarSet, spanOf } from '../src/replay/bar-set.ts';
import { ReplayGateway } from '../src/replay/replay-gateway.ts';
import { replayBars, replayConfig } from '../src/replay-bars.ts';

const CONFIG = JSON.stringify({
  symbols: ['BTC-USDT', 'AAPL'],
  sources: {
    alpaca: { analyst: 'trend', keys: { keyId: '${KEY}', secret: '${KEY}' } },
    massive: { analyst: 'momentum', keys: { apiKey: '${KEY}' } },
    yahoo: { analyst: 'meanReversion' },
    coinbase: { analyst: 'trend' },
    kraken: { analyst: 'momentum' },
    binance: { analyst: 'breakout' },
  },
});

type GatewayOf = (series: readonly BarSeries[], clock: Clock) => Gateway;

export type LookAheadTrial = {
  readonly series: readonly BarSeries[];
  /** Bars that close later are changed (Unix ms). */
  readonly cutMs: number;
  /** So many bars before the cut the decisions begin. */
  readonly bars: number;
  readonly seed: string;
  readonly gateway?: GatewayOf;
};

/**
 * Replays two sets of bars that are equal up to the cut and arbitrarily different after it, and names the first slot up to the cut
 * whose decisions, signals or outcomes are not the same to the byte; null where all are. Throws where nothing was decided.
 */
export async function lookAhead(trial: LookAheadTrial): Promise<string | null> {
  const { series, cutMs, seed } = trial;
  const random = createSeededRandom(seed);
  const changed = series.map((one) => otherFuture(one, cutMs, random));
  const [recorded, altered] = [await decided(trial, series), await decided(trial, changed)];
  if (!recorded.some((text) => /"kind":"(BUY|SELL|HOLD)"/.test(text)))
    throw new RangeError('nothing was decided before the cut');
  const at = recorded.findIndex((text, index) => text !== altered[index]);
  if (at === -1 && recorded.length === altered.length) return null;
  return `slot ${at + 1} of ${recorded.length}: ${recorded[at]} became ${altered[at]}`;
}

/** What stood after each slot up to the cut, and what was recorded in it, as canonical text. */
async function decided(
  { cutMs, bars: count, gateway }: LookAheadTrial,
  series: readonly BarSeries[],
): Promise<string[]> {
  const bars: BarSet = { ...spanOf(series), series, repeated: 0 };
  const texts: string[] = [];
  await replayBars({
    config: replayConfig(configOf(), bars),
    bars,
    ledger: createMemoryLedger(),
    fromMs: cutMs - count * bars.intervalMs,
    toMs: cutMs,
    ...(gateway === undefined ? {} : { gateway }),
    onCycle: (slotAtMs, standing, entries) => {
      const bodies = entries.filter(({ type }) => type !== 'config').map(({ body }) => body);
      texts.push(canonicalJson({ slotAtMs, standing, bodies }));
    },
  });
  return texts;
}

function configOf() {
  const loaded = loadConfigText(CONFIG, { KEY: 'key' });
  if (loaded.kind === 'invalid') throw new RangeError(JSON.stringify(loaded.issues));
  return loaded.config;
}

/** The same up to the cut; after it other prices, holes, or nothing at all. */
export function otherFuture(series: BarSeries, cutMs: number, random: Random): BarSeries {
  const known = series.closedAt(cutMs);
  const endsAtCut = known > 1 && random.next() < 0.2;
  return seriesFrom(series, (bar, index) => {
    if (index < known) return bar;
    if (endsAtCut || random.next() < 0.1) return null;
    const [open, close] = [bar.open * (0.7 + 0.6 * random.next()), bar.close * (0.7 + 0.6 * random.next())];
    const [low, high] = [Math.min(open, close) * 0.99, Math.max(open, close) * 1.01];
    return { ...bar, open, high, low, close, volume: bar.volume * random.next() };
  });
}

/** A gateway that answers with the next bar as though it were the newest. */
export const oracle: GatewayOf = (series, clock) => {
  const told = series.map((one) =>
    seriesFrom(one, (bar, index) => {
      const next = index + 1 < one.length ? one.bar(index + 1) : bar;
      return { ...next, openAtMs: bar.openAtMs };
    }),
  );
  return new ReplayGateway(told, clock);
};

function seriesFrom(series: BarSeries, of: (bar: Bar, index: number) => Bar | null): BarSeries {
  const column = new BarColumn();
  for (let index = 0; index < series.length; index += 1) {
    const bar = of(series.bar(index), index);
    if (bar !== null) column.add(bar);
  }
  return new BarSeries(series.instrumentId, series.intervalMs, column);
}

/** A random walk of minute bars with a hole here and there. */
export function drawnSeries(instrumentId: string, fromMs: number, count: number, seed: string): BarSeries {
  const random = createSeededRandom(`${seed} ${instrumentId}`);
  const column = new BarColumn();
  let price = 100 + 900 * random.next();
  for (let index = 0; index < count; index += 1) {
    const open = price;
    price *= 1 + 0.004 * (random.next() - 0.5);
    const bar = {
      openAtMs: fromMs + index * 60_000,
      open,
      high: Math.max(open, price) * (1 + 0.001 * random.next()),
      low: Math.min(open, price) * (1 - 0.001 * random.next()),
      close: price,
      volume: Math.floor(1_000 * random.next()),
    };
    if (random.next() > 0.02) column.add(bar);
  }
  return new BarSeries(instrumentId, 60_000, column);
}
