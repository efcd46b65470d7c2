import { describe, expect, test } from 'vitest';
import type { Bar } from '../core/bar.ts';
import type { PriceFix } from '../core/decision.ts';
import { instrumentOf } from '../core/instrument.ts';
import type { View } from '../core/question.ts';
import { barsKept, MarketDesk } from './market-desk.ts';

const MINUTE_MS = 60_000;
const T0 = Date.parse('2026-01-14T15:00:00Z');
const at = (minute: number): number => T0 + minute * MINUTE_MS;

function bar(minute: number, close = 100 + (minute % 7)): Bar {
  return {
    openAtMs: at(minute),
    intervalMs: MINUTE_MS,
    open: close,
    high: close + 1,
    low: close - 1,
    close,
    volume: 1,
  };
}
const barsView = (from: number, to: number): View => ({
  kind: 'bars',
  bars: Array.from({ length: to - from }, (_, index) => bar(from + index)),
});
const marketView = (minute: number): View => ({
  kind: 'market',
  quote: {
    instrumentId: 'BTC-USD',
    price: 100,
    currency: 'USD',
    bid: null,
    ask: null,
    eventAtMs: at(minute),
    receivedAtMs: at(minute),
  },
  bars: [bar(minute)],
});
const fix = (minute: number, price: number): PriceFix => ({
  price,
  currency: 'USD',
  asOfMs: at(minute),
  agreeing: [],
  dissenting: [],
});

function warm(minutes = 70): MarketDesk {
  const desk = new MarketDesk(instrumentOf('BTC-USD'));
  desk.absorb(barsView(0, minutes), 100);
  return desk;
}

describe('the market desk', () => {
  test('asks for the warm-up first, then for what is missing, then for nothing', () => {
    const desk = new MarketDesk(instrumentOf('BTC-USD'));
    expect(desk.question(at(0) + 2_000)).toMatchObject({ kind: 'bars', fromMs: at(-90), toMs: at(0) });
    desk.absorb(barsView(0, 5), 100);
    expect(desk.question(at(7) + 2_000)).toMatchObject({ fromMs: at(5), toMs: at(7) });
    expect(desk.question(at(6) + 1_999)).toBeNull();
  });

  test('tells how many bars it keeps, and what their places take up', () => {
    const desk = new MarketDesk(instrumentOf('BTC-USD'), 100);
    expect(desk.kept).toEqual({ bars: 0, bytes: 100 * 6 * 8 });
    desk.absorb(barsView(0, 5), 100);
    expect(desk.kept).toEqual({ bars: 5, bytes: 100 * 6 * 8 });
  });

  test('at a start reaches back to what is wanted and still within reach', () => {
    const desk = new MarketDesk(instrumentOf('BTC-USD'));
    const fromMs = (): number | undefined => desk.question(at(0) + 2_000)?.fromMs;
    desk.reachBack([at(-601), at(-200) - 5_000, at(-30)]);
    expect(fromMs()).toBe(at(-200));
    desk.reachBack([at(-601), at(-30)]);
    expect(fromMs()).toBe(at(-90));
    desk.reachBack([at(-600)]);
    expect(fromMs()).toBe(at(-600));
    desk.absorb(barsView(0, 5), 100);
    expect(desk.question(at(7) + 2_000)).toMatchObject({ fromMs: at(5) });
    expect(desk.untilMs).toBe(at(5));
  });

  test('keeping less, it reaches back less', () => {
    const desk = new MarketDesk(instrumentOf('BTC-USD'), 120);
    desk.reachBack([at(-121), at(-100)]);
    expect(desk.question(at(0) + 2_000)).toMatchObject({ fromMs: at(-100) });
  });

  test('has no regime before the warm-up, and says how far it is', () => {
    const desk = new MarketDesk(instrumentOf('BTC-USD'));
    desk.absorb(barsView(0, 12), 100);
    expect(desk.regime(at(12))).toBeNull();
    expect(desk.warmupText()).toBe('12 of 60 closed bars are known');
    expect(warm().regime(at(70))).not.toBeNull();
  });

  test('has no regime once its newest bar is too old', () => {
    expect(warm().regime(at(70) + 600_000)).not.toBeNull();
    expect(warm().regime(at(70) + 600_001)).toBeNull();
  });

  test('a stock’s regime survives the night', () => {
    const desk = new MarketDesk(instrumentOf('AAPL'));
    desk.absorb(barsView(0, 360), 100);
    const nextOpen = Date.parse('2026-01-15T14:30:00Z');
    expect(desk.regime(nextOpen)).not.toBeNull();
  });

  test('goes on from a market answer only where it follows without a hole', () => {
    const desk = warm(70);
    desk.absorb(marketView(70), 100);
    desk.absorb(marketView(73), 100);
    expect(desk.bars(1)[0]?.openAtMs).toBe(at(70));
    desk.absorb({ kind: 'bars', bars: [bar(71), bar(72), bar(73)] }, 100);
    expect(desk.bars(1)[0]?.openAtMs).toBe(at(73));
  });

  test('starts the regime anew after a long hole', () => {
    const desk = warm(70);
    desk.absorb(barsView(75, 80), 100);
    expect(desk.regime(at(80))).not.toBeNull();
    desk.absorb(barsView(91, 96), 100);
    expect(desk.regime(at(96))).toBeNull();
    expect(desk.warmupText()).toMatch(/hole/);
  });

  test('does not believe bars far from the confirmed price', () => {
    const desk = new MarketDesk(instrumentOf('BTC-USD'));
    desk.absorb({ kind: 'bars', bars: [bar(0, 10_000), bar(1, 100)] }, 100);
    expect(desk.bars(5).map(({ close }) => close)).toEqual([100]);
  });

  test('tells a model changes it can vouch for and null for the others', () => {
    const desk = new MarketDesk(instrumentOf('BTC-USD'));
    desk.absorb({ kind: 'bars', bars: Array.from({ length: 20 }, (_, minute) => bar(minute, 100)) }, 100);
    expect(desk.brief(fix(19, 101))).toMatchObject({
      price: 101,
      change5mPct: 1,
      change1hPct: null,
      change1dPct: null,
    });
  });
});

test.each([
  [6, 1_500],
  [400, 1_500],
  [1_000, 600],
  [50_000, 75],
])('of %i instruments %i bars each are kept', (instruments, bars) => {
  expect(barsKept(instruments)).toBe(bars);
});
