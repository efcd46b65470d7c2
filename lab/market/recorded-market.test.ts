import { expect, test } from 'vitest';
import { dataText, describeWithData } from '../../test/data.ts';
import { TICK_MS } from './market.ts';
import { RecordedMarket } from './recorded-market.ts';

const T0 = Date.UTC(2024, 0, 2, 15);
const MINUTE_MS = 60_000;
const HEADER = 'ts,open,high,low,close,volume';

const rows = [
  `${T0},100,103,99,102,600`,
  `${T0 + MINUTE_MS},102,102.5,101,101.5,500`,
  `${T0 + 4 * MINUTE_MS},101.5,110,101.5,108,400`,
];

function marketOf(lines: readonly string[], name = 'AAPL.test.csv') {
  return RecordedMarket.from([{ name, text: [HEADER, ...lines, ''].join('\n') }], 'seed');
}

function goodMarket(): RecordedMarket {
  const read = marketOf(rows);
  if (read.kind === 'invalid') throw new Error(read.details.join());
  return read.market;
}

test.each([
  { lines: [], name: 'AAPL.csv', found: 'AAPL.csv:1: no bar' },
  { lines: [rows[1], rows[0]], name: 'AAPL.csv', found: 'AAPL.csv:3: ' },
  { lines: rows, name: 'aapl.csv', found: 'aapl.csv:2: ' },
  { lines: rows, name: 'BTC-USD-PERP.bybit.csv', found: 'BTC-USD-PERP.bybit.csv:2: ' },
])('a bad file is refused with its place: $found', ({ lines, name, found }) => {
  const read = marketOf(lines as string[], name);
  expect(read.kind === 'invalid' ? read.details[0] : 'read').toContain(found);
});

test('all bad files are named at once', () => {
  const names = ['AAPL.csv', 'X.csv'];
  const read = RecordedMarket.from(
    names.map((name) => ({ name, text: 'time,o,h,l,c,v\n' })),
    'seed',
  );
  expect(read.kind === 'invalid' ? read.details : []).toEqual([
    expect.stringMatching(/^AAPL\.csv:1: /),
    expect.stringMatching(/^X\.csv:1: /),
  ]);
});

test('within a candle the price starts at its open, touches both extremes and ends at its close', () => {
  const market = goodMarket();
  const prices = Array.from(
    { length: 12 },
    (_, tick) => market.priceAt('AAPL', T0 + tick * TICK_MS)?.price ?? 0,
  );
  expect(prices[0]).toBe(100);
  expect(Math.max(...prices)).toBe(103);
  expect(Math.min(...prices)).toBe(99);
  expect(prices[11]).toBe(102);
});

test('nothing of a candle’s future shows: the forming one holds only the ticks so far, closed ones only when over', () => {
  const market = goodMarket();
  for (let tick = 0; tick < 12; tick += 1) {
    const atMs = T0 + tick * TICK_MS + 1;
    const seen = Array.from(
      { length: tick + 1 },
      (_, at) => market.priceAt('AAPL', T0 + at * TICK_MS)?.price ?? 0,
    );
    expect(market.formingBar('AAPL', MINUTE_MS, atMs)).toMatchObject({
      open: seen[0],
      high: Math.max(...seen),
      low: Math.min(...seen),
      close: seen.at(-1),
    });
    expect(market.barsBetween('AAPL', MINUTE_MS, T0, atMs)).toEqual([]);
  }
  expect(market.barsBetween('AAPL', MINUTE_MS, T0, T0 + MINUTE_MS)).toHaveLength(1);
});

test('over a hole the last price stands with its own time, and the hole stays one', () => {
  const market = goodMarket();
  expect(market.priceAt('AAPL', T0 + 3 * MINUTE_MS)).toMatchObject({
    price: 101.5,
    eventAtMs: T0 + 2 * MINUTE_MS - TICK_MS,
  });
  expect(market.barsBetween('AAPL', MINUTE_MS, T0, T0 + 9 * MINUTE_MS)).toHaveLength(3);
  expect(market.formingBar('AAPL', MINUTE_MS, T0 + 2.5 * MINUTE_MS)).toBeNull();
  expect(market.priceAt('AAPL', T0 - 1)).toBeNull();
});

test('five-minute bars are merged from minutes; half minutes do not exist', () => {
  const market = goodMarket();
  expect(market.barsBetween('AAPL', 5 * MINUTE_MS, T0, T0 + 5 * MINUTE_MS)).toEqual([
    { openAtMs: T0, intervalMs: 5 * MINUTE_MS, open: 100, high: 110, low: 99, close: 108, volume: 1_500 },
  ]);
  expect(market.barsBetween('AAPL', MINUTE_MS / 2, T0, T0 + MINUTE_MS)).toEqual([]);
});

test('the label names the dates', () => {
  expect(goodMarket().label).toEqual({ kind: 'REPLAY', fromMs: T0, toMs: T0 + 5 * MINUTE_MS });
});

describeWithData('real files', () => {
  test.each([
    ['stock-1m-2019/AAPL.alphavantage.2019-02-11.csv.gz', 'AAPL'],
    ['stock-1m-2019/TSLA.alphavantage.2019-02-11.csv.gz', 'TSLA'],
    ['crypto-1m/BTC-USDT.binance.2023-03.csv.gz', 'BTC-USDT'],
  ])('%s becomes a market of %s', (path, instrumentId) => {
    const read = RecordedMarket.from([{ name: path, text: dataText(`ohlcv/${path}`) }], 'seed');
    if (read.kind === 'invalid') throw new Error(read.details.join());
    const { label } = read.market;
    if (label.kind !== 'REPLAY') throw new Error(label.kind);
    const bars = read.market.barsBetween(instrumentId, MINUTE_MS, label.fromMs, label.toMs);
    expect(bars.length).toBeGreaterThan(1_000);
    const middle = bars[Math.floor(bars.length / 2)];
    expect(read.market.priceAt(instrumentId, (middle?.openAtMs ?? 0) + MINUTE_MS - 1)?.price).toBe(
      middle?.close,
    );
  });
});
