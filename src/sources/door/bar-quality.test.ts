import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dataText, describeWithData } from '../../../test/data.ts';
import type { Bar } from '../../core/bar.ts';
import { believableBars } from './bar-quality.ts';

const bar = (minute: number, price: number, change: Partial<Bar> = {}): Bar => ({
  openAtMs: Date.UTC(2026, 10, 20, 15) + minute * 60_000,
  intervalMs: 60_000,
  open: price,
  high: price,
  low: price,
  close: price,
  volume: 1,
  ...change,
});
const series = (...prices: readonly number[]): Bar[] => prices.map((price, minute) => bar(minute, price));
const repeated = (count: number, price: number): number[] => Array.from({ length: count }, () => price);

/** Closes that pass, and how many findings there are. */
function judged(bars: readonly Bar[]): { closes: number[]; findings: number } {
  const { bars: passed, heldBack } = believableBars(bars);
  return { closes: passed.map(({ close }) => close), findings: heldBack.length };
}

describe('a series', () => {
  test.each([
    { why: 'empty', prices: [], closes: [], findings: 0 },
    { why: 'that falls by 30 % in a minute', prices: [10, 10, 7, 7], closes: [10, 10, 7, 7], findings: 0 },
    {
      why: 'with one bar in cents',
      prices: [...repeated(4, 10), 1000, ...repeated(4, 10)],
      closes: repeated(8, 10),
      findings: 1,
    },
    {
      why: 'whose newest bar steps',
      prices: [...repeated(4, 10), 0.1],
      closes: repeated(4, 10),
      findings: 1,
    },
    {
      why: 'whose oldest bars are off',
      prices: [0.1, 0.1, ...repeated(4, 10)],
      closes: repeated(4, 10),
      findings: 1,
    },
    {
      why: 'that changes its unit for good',
      prices: [...repeated(4, 10), ...repeated(9, 0.1)],
      closes: [],
      findings: 1,
    },
    { why: 'with a split of 2:1', prices: [...repeated(9, 10), ...repeated(9, 5)], closes: [], findings: 1 },
    { why: 'of two bars a unit apart', prices: [10, 0.1], closes: [], findings: 2 },
  ])('$why gives $findings findings', ({ prices, closes, findings }) => {
    expect(judged(series(...prices))).toEqual({ closes, findings });
  });

  test('loses a bar whose own prices lie a unit apart', () => {
    const bars = [...series(...repeated(4, 60)), bar(4, 60, { low: 0.6, close: 0.6 }), bar(5, 60)];
    expect(judged(bars)).toEqual({ closes: repeated(5, 60), findings: 1 });
  });

  test('of days may hold the wild first day of a new coin', () => {
    const day = { intervalMs: 86_400_000, low: 0.0158, high: 0.8 };
    expect(judged([bar(0, 0.0158, day)]).findings).toBe(0);
    expect(judged([bar(0, 0.0158, { ...day, high: 1.58 })]).findings).toBe(1);
  });

  test('of any small steps passes whole, and one spike in it never passes', () => {
    const steps = fc.array(fc.double({ min: 0.9, max: 1.1, noNaN: true }), { minLength: 8, maxLength: 40 });
    fc.assert(
      fc.property(steps, fc.nat(), fc.constantFrom(100, 0.01, 2, 0.4), (factors, place, unit) => {
        let price = 100;
        const bars = factors.map((factor, minute) => {
          price *= factor;
          return bar(minute, price);
        });
        expect(believableBars(bars)).toEqual({ bars, heldBack: [] });
        const at = place % bars.length;
        const spiked = bars.map((one, index) => (index === at ? bar(at, one.close * unit) : one));
        expect(believableBars(spiked).bars.every((one) => one !== spiked[at])).toBe(true);
      }),
    );
  });
});

function barsOf(path: string): Bar[] {
  const [, ...lines] = dataText(path).trim().split('\n');
  return lines.map((line) => {
    const [openAtMs = 0, open = 0, high = 0, low = 0, close = 0, volume = 0] = line.split(',').map(Number);
    return { openAtMs, intervalMs: 60_000, open, high, low, close, volume };
  });
}

describeWithData('real series', () => {
  test.each([
    ...['AAPL', 'MSFT', 'QQQ', 'SPY', 'TSLA'].map((id) => `stock-1m-2019/${id}.alphavantage.2019-02-11`),
    ...['BTC', 'ETH', 'SOL', 'XRP'].map((id) => `crypto-1m/${id}-USDT.binance.2023-03`),
    'multivenue-1m/BTC-USDT.binanceus.2023-03-01',
    'multivenue-1m/BTC-USDC.kraken.2023-03-01',
    'crypto-1m-2018/LTC-USD.coinbase.2018-04-04',
    'stock-5m/TSLA.2025-05-12',
    'stock-1m/NVDA.2025-09-15',
  ])('%s passes whole', (name) => {
    const bars = barsOf(`ohlcv/${name}.csv.gz`);
    expect(bars.length).toBeGreaterThan(1000);
    expect(believableBars(bars)).toEqual({ bars, heldBack: [] });
  });

  test('AAPL over its unadjusted split of 7:1 is held back', () => {
    const { bars, heldBack } = believableBars(barsOf('ohlcv/stock-1m-lean/AAPL.lean.2014-06-05.csv.gz'));
    expect(bars).toEqual([]);
    expect(heldBack[0]).toBe(
      'the price steps from 645.7 to 92.46 at 2014-06-09T08:01:00.000Z: split, unit or symbol?',
    );
  });
});
