import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { barDefect } from '../../src/core/bar.ts';
import { GeneratedMarket } from './generated-market.ts';
import { DAY_MS, type StockSession, TICK_MS } from './market.ts';

const ORIGIN_MS = Date.UTC(2026, 0, 5);
const MINUTE_MS = 60_000;
const IDS = ['AAPL', 'MSFT', 'NVDA', 'BTC-USD', 'ETH-USD', 'BTC-USDT'];

/** Weekdays, 14:30 to 21:00 UTC: New York's winter hours without holidays. */
const weekdays: StockSession = (dayStartMs) => {
  const weekday = new Date(dayStartMs).getUTCDay();
  if (weekday === 0 || weekday === 6) return null;
  return { openAtMs: dayStartMs + 14.5 * 3_600_000, closeAtMs: dayStartMs + 21 * 3_600_000 };
};

function marketOf(seed: string): GeneratedMarket {
  return new GeneratedMarket({ seed, instrumentIds: IDS, originMs: ORIGIN_MS, stockSession: weekdays });
}

const DAYS = 150;
const world = marketOf('facts');
const fiveMinutes = new Map(
  ['AAPL', 'MSFT', 'BTC-USD', 'ETH-USD'].map((id) => [
    id,
    world.barsBetween(id, 300_000, ORIGIN_MS, ORIGIN_MS + DAYS * DAY_MS),
  ]),
);

/** Log-returns from bar to bar, gaps left out. */
function returnsOf(id: string): number[] {
  const bars = fiveMinutes.get(id) ?? [];
  const returns: number[] = [];
  for (let at = 1; at < bars.length; at += 1) {
    const before = bars[at - 1];
    const bar = bars[at];
    if (before === undefined || bar === undefined) continue;
    if (bar.openAtMs - before.openAtMs === 300_000) returns.push(Math.log(bar.close / before.close));
  }
  return returns;
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

function correlation(a: readonly number[], b: readonly number[]): number {
  const [meanA, meanB] = [mean(a), mean(b)];
  let [ab, aa, bb] = [0, 0, 0];
  for (const [at, value] of a.entries()) {
    const other = (b[at] ?? 0) - meanB;
    ab += (value - meanA) * other;
    aa += (value - meanA) ** 2;
    bb += other ** 2;
  }
  return ab / Math.sqrt(aa * bb);
}

const lagged = (values: readonly number[], lag: number) =>
  correlation(values.slice(lag), values.slice(0, -lag));

describe.each(['AAPL', 'BTC-USD'])('stylised facts of %s over 150 days of five-minute returns', (id) => {
  const returns = returnsOf(id);
  const sizes = returns.map(Math.abs);

  test('tails are fat: the kurtosis is far above the 3 of a normal law', () => {
    const middle = mean(returns);
    const variance = mean(returns.map((r) => (r - middle) ** 2));
    expect(mean(returns.map((r) => (r - middle) ** 4)) / variance ** 2).toBeGreaterThan(4.5);
  });

  test('returns do not foretell returns', () => {
    for (const lag of [1, 2, 5]) expect(Math.abs(lagged(returns, lag))).toBeLessThan(0.04);
  });

  test('sizes foretell sizes, for an hour and less so for three', () => {
    expect(lagged(sizes, 1)).toBeGreaterThan(0.08);
    expect(lagged(sizes, 12)).toBeGreaterThan(0.03);
    expect(lagged(sizes, 1)).toBeGreaterThan(lagged(sizes, 36));
  });
});

test('stocks are liveliest at the open, livelier at the close than at noon', () => {
  const sizeAt = (fromHour: number, toHour: number) =>
    mean(
      (fiveMinutes.get('AAPL') ?? [])
        .filter(({ openAtMs }) => {
          const hour = (openAtMs % DAY_MS) / 3_600_000;
          return hour >= fromHour && hour < toHour;
        })
        .map((bar) => (bar.high - bar.low) / bar.open),
    );
  const noon = sizeAt(17, 18.5);
  expect(sizeAt(14.5, 15) / noon).toBeGreaterThan(1.5);
  expect(sizeAt(20.5, 21) / noon).toBeGreaterThan(1.2);
});

test('stocks move together, and so do coins; a stock and a coin do not', () => {
  expect(correlation(returnsOf('AAPL'), returnsOf('MSFT'))).toBeGreaterThan(0.3);
  expect(correlation(returnsOf('BTC-USD'), returnsOf('ETH-USD'))).toBeGreaterThan(0.5);
  const coin = returnsOf('BTC-USD');
  expect(Math.abs(correlation(returnsOf('AAPL'), coin.slice(0, returnsOf('AAPL').length)))).toBeLessThan(
    0.05,
  );
});

test('a stock opens with a gap whose variance is a sizeable share of the day’s', () => {
  const bars = fiveMinutes.get('AAPL') ?? [];
  const gaps: number[] = [];
  for (let at = 1; at < bars.length; at += 1) {
    const before = bars[at - 1];
    const bar = bars[at];
    if (before !== undefined && bar !== undefined && bar.openAtMs - before.openAtMs > 300_000) {
      gaps.push(Math.log(bar.open / before.close));
    }
  }
  const perBar = mean(returnsOf('AAPL').map((r) => r * r));
  const share = mean(gaps.map((gap) => gap * gap)) / (perBar * 78);
  expect(share).toBeGreaterThan(0.08);
  expect(share).toBeLessThan(0.8);
});

test('volatility a day is of the size asked for', () => {
  const perDay = Math.sqrt(mean(returnsOf('BTC-USD').map((r) => r * r)) * 288);
  expect(perDay).toBeGreaterThan(0.025 * 0.6);
  expect(perDay).toBeLessThan(0.025 * 1.7);
});

test('a price is the same whatever was asked before, and another seed gives another world', () => {
  const asked = marketOf('one');
  for (let atMs = ORIGIN_MS; atMs < ORIGIN_MS + 3 * DAY_MS; atMs += 977_000) asked.priceAt('BTC-USD', atMs);
  const anyTime = fc.integer({ min: ORIGIN_MS - 20 * DAY_MS, max: ORIGIN_MS + 60 * DAY_MS });
  fc.assert(
    fc.property(fc.constantFrom(...IDS), anyTime, (id, atMs) => {
      expect(marketOf('one').priceAt(id, atMs)).toEqual(asked.priceAt(id, atMs));
    }),
    { numRuns: 60 },
  );
  const atMs = ORIGIN_MS + DAY_MS;
  expect(marketOf('one').priceAt('BTC-USD', atMs)).not.toEqual(marketOf('two').priceAt('BTC-USD', atMs));
});

test('five seconds later the price is another one while trading goes on', () => {
  let [same, ticks] = [0, 0];
  for (const id of ['AAPL', 'BTC-USD']) {
    const openMs = ORIGIN_MS + 14.5 * 3_600_000;
    for (let atMs = openMs + TICK_MS; atMs < openMs + 6 * 3_600_000; atMs += TICK_MS) {
      ticks += 1;
      if (world.priceAt(id, atMs)?.price === world.priceAt(id, atMs - TICK_MS)?.price) same += 1;
    }
  }
  expect(same / ticks).toBeLessThan(0.005);
});

test('bars are made of the ticks of their minute, and merged bars of minutes', () => {
  const fromMs = ORIGIN_MS + 15 * 3_600_000;
  for (const id of IDS) {
    const [bar] = world.barsBetween(id, MINUTE_MS, fromMs, fromMs + MINUTE_MS);
    const ticks = Array.from(
      { length: 12 },
      (_, tick) => world.priceAt(id, fromMs + tick * TICK_MS)?.price ?? 0,
    );
    expect(bar).toMatchObject({ open: ticks[0], close: ticks[11] });
    expect(bar).toMatchObject({ high: Math.max(...ticks), low: Math.min(...ticks), openAtMs: fromMs });
    const [hour] = world.barsBetween(id, 3_600_000, fromMs, fromMs + 3_600_000);
    const minutes = world.barsBetween(id, MINUTE_MS, fromMs, fromMs + 3_600_000);
    expect(hour?.high).toBe(Math.max(...minutes.map(({ high }) => high)));
    expect(hour?.close).toBe(minutes.at(-1)?.close);
  }
});

test('a bar shows up only when it is closed; the forming one holds only what was traded', () => {
  const fromMs = ORIGIN_MS + 15 * 3_600_000;
  expect(world.barsBetween('BTC-USD', MINUTE_MS, fromMs, fromMs + MINUTE_MS - 1)).toEqual([]);
  const forming = world.formingBar('BTC-USD', MINUTE_MS, fromMs + 12_000);
  const traded = [0, 5_000, 10_000].map((ms) => world.priceAt('BTC-USD', fromMs + ms)?.price ?? 0);
  expect(forming).toMatchObject({ open: traded[0], close: traded[2], high: Math.max(...traded) });
  expect(world.formingBar('AAPL', MINUTE_MS, ORIGIN_MS + 12 * 3_600_000)).toBeNull();
});

test('every bar is believable', () => {
  const bars = IDS.flatMap((id) => world.barsBetween(id, MINUTE_MS, ORIGIN_MS, ORIGIN_MS + DAY_MS));
  expect(bars.map(barDefect).filter((defect) => defect !== null)).toEqual([]);
  expect(bars).toHaveLength(3 * 390 + 3 * 1440);
});

test('outside the session a stock keeps its last trade, with the time of that trade', () => {
  const closeMs = ORIGIN_MS + 4 * DAY_MS + 21 * 3_600_000;
  const last = world.priceAt('AAPL', closeMs - 1);
  expect(world.priceAt('AAPL', closeMs + 2 * DAY_MS)).toEqual(last);
  expect(last?.eventAtMs).toBe(closeMs - TICK_MS);
});

test('BTC in USDT is near BTC in USD and not equal to it', () => {
  const atMs = ORIGIN_MS + 2 * DAY_MS;
  const ratio = (world.priceAt('BTC-USDT', atMs)?.price ?? 0) / (world.priceAt('BTC-USD', atMs)?.price ?? 1);
  expect(Math.abs(ratio - 1)).toBeLessThan(0.003);
  expect(ratio).not.toBe(1);
});

test('what is not listed has no price', () => {
  expect(world.priceAt('IBM', ORIGIN_MS)).toBeNull();
  expect(world.barsBetween('IBM', MINUTE_MS, ORIGIN_MS, ORIGIN_MS + DAY_MS)).toEqual([]);
});
