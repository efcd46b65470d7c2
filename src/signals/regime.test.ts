import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dataText, describeWithData } from '../../test/data.ts';
import type { Bar } from '../core/bar.ts';
import { BarTrack } from '../core/bar-track.ts';
import type { Regime } from '../core/decision.ts';
import { type RegimeFigures, RegimeTracker, regimeStep } from './regime.ts';

const MINUTE_MS = 60_000;

/** Bars from moves in parts per 10,000. */
function series(moves: readonly number[], startPrice = 100): Bar[] {
  let close = startPrice;
  return moves.map((move, index) => {
    const open = close;
    close = open * (1 + move / 10_000);
    const high = Math.max(open, close) * 1.0002;
    const low = Math.min(open, close) * 0.9998;
    return { openAtMs: (index + 1) * MINUTE_MS, intervalMs: MINUTE_MS, open, high, low, close, volume: 1 };
  });
}

function tracked(bars: readonly Bar[]): RegimeTracker {
  const track = newTrack();
  const tracker = new RegimeTracker(track);
  for (const bar of bars) if (track.feed(bar)) tracker.absorb(bar);
  return tracker;
}

const newTrack = () => new BarTrack({ keep: RegimeTracker.warmupBars, nextOpenMs: (atMs) => atMs });

const wave = (bars: number, size: number): number[] =>
  Array.from({ length: bars }, (_, index) => size * ([4, -3, 6, -5, 2, -4][index % 6] ?? 0));

describe('the step of a regime', () => {
  const calm: RegimeFigures = { adx: 10, volatilityRatio: 1, drawdown: 0 };
  test.each<[string, Regime | null, Partial<RegimeFigures>, Regime]>([
    ['nothing stands out', null, {}, 'range'],
    ['ADX reaches 25', 'range', { adx: 25 }, 'trend'],
    ['ADX is short of 25', 'range', { adx: 24.9 }, 'range'],
    ['a trend lasts down to 20', 'trend', { adx: 20 }, 'trend'],
    ['and no further', 'trend', { adx: 19.9 }, 'range'],
    ['volatility goes before trend', 'trend', { adx: 40, volatilityRatio: 1.6 }, 'volatile'],
    ['it lasts down to 1.3', 'volatile', { volatilityRatio: 1.3 }, 'volatile'],
    ['and no further', 'volatile', { volatilityRatio: 1.29, adx: 22 }, 'range'],
    ['a deep fall in wild trading', 'volatile', { volatilityRatio: 2, drawdown: 4 }, 'crisis'],
    ['a deep fall in quiet trading', 'range', { volatilityRatio: 1.1, drawdown: 5 }, 'range'],
    ['wild trading without a fall', 'range', { volatilityRatio: 3, drawdown: 0.5 }, 'volatile'],
    [
      'a crisis lasts until half of the fall is made good',
      'crisis',
      { volatilityRatio: 1.5, drawdown: 2 },
      'crisis',
    ],
    ['and no further', 'crisis', { volatilityRatio: 1.7, drawdown: 1.9 }, 'volatile'],
  ])('%s: after %s, %o is %s', (_what, before, figures, after) => {
    expect(regimeStep(before, { ...calm, ...figures })).toBe(after);
  });
});

describe('the tracker', () => {
  test('knows a regime from its 60th bar on, and the range from its 14th', () => {
    const bars = series(wave(60, 1));
    expect(RegimeTracker.warmupBars).toBe(60);
    expect(tracked(bars.slice(0, 59))).toMatchObject({ regime: null, figures: null });
    expect(tracked(bars).regime).not.toBeNull();
    expect(tracked(bars.slice(0, 13)).atr).toBeNull();
    expect(tracked(bars.slice(0, 14)).atr).toBeGreaterThan(0);
  });

  test.each<[string, number[], Regime]>([
    ['a wobble', wave(300, 1), 'range'],
    ['a standstill', Array.from({ length: 300 }, () => 0), 'range'],
    ['a steady rise', [...wave(200, 1), ...Array.from({ length: 60 }, () => 3)], 'trend'],
    ['a steady fall', [...wave(200, 1), ...Array.from({ length: 60 }, () => -3)], 'trend'],
    ['a wobble four times as wide', [...wave(300, 1), ...wave(12, 4)], 'volatile'],
    ['a crash', [...wave(300, 1), -40, -60, -30, -50], 'crisis'],
    ['a leap', [...wave(300, 1), 40, 60, 30, 50], 'volatile'],
  ])('calls %s by its name', (_what, moves, regime) => {
    expect(tracked(series(moves)).regime).toBe(regime);
  });

  test('gives finite figures, whatever the prices do', () => {
    const anyMoves = fc.array(fc.oneof(fc.constant(0), fc.integer({ min: -5_000, max: 5_000 })), {
      minLength: 60,
      maxLength: 120,
    });
    fc.assert(
      fc.property(anyMoves, (moves) => {
        const { figures, atr } = tracked(series(moves));
        expect([...Object.values(figures ?? {}), atr].every((value) => Number.isFinite(value))).toBe(true);
        expect(figures?.drawdown).toBeGreaterThanOrEqual(0);
      }),
      { numRuns: 100 },
    );
  });

  test('does not care for the unit of the price', () => {
    const anyMoves = fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 60, maxLength: 90 });
    fc.assert(
      fc.property(anyMoves, fc.integer({ min: -10, max: 10 }), (moves, exponent) => {
        const scaled = tracked(series(moves, 100 * 2 ** exponent)).figures;
        expect(scaled).toEqual(tracked(series(moves)).figures);
      }),
      { numRuns: 50 },
    );
  });
});

describeWithData('regimes of real markets', () => {
  function regimesOf(path: string): { at: string; regime: Regime }[] {
    const track = newTrack();
    const tracker = new RegimeTracker(track);
    const [, ...lines] = dataText(`ohlcv/${path}`).trim().split('\n');
    return lines.flatMap((line) => {
      const [openAtMs = 0, open = 0, high = 0, low = 0, close = 0, volume = 0] = line.split(',').map(Number);
      const bar = { openAtMs, intervalMs: MINUTE_MS, open, high, low, close, volume };
      if (track.feed(bar)) tracker.absorb(bar);
      const { regime } = tracker;
      return regime === null ? [] : [{ at: new Date(openAtMs).toISOString().slice(0, 13), regime }];
    });
  }

  test('of ten days of USDC on Kraken, the one crisis is the evening after its bank had failed', () => {
    const regimes = regimesOf('multivenue-1m/USDC-USD.kraken.2023-03-01.csv.gz');
    const crises = regimes.filter(({ regime }) => regime === 'crisis').map(({ at }) => at);
    expect(new Set(crises)).toEqual(new Set(['2023-03-10T21', '2023-03-10T22']));
  });

  test('the fall of Bitcoin on 3 March 2023 is a crisis on either venue, and crises are rare', () => {
    for (const venue of ['kraken', 'coinbase']) {
      const regimes = regimesOf(`multivenue-1m/BTC-USD.${venue}.2023-03-01.csv.gz`);
      expect(regimes).toContainEqual({ at: '2023-03-03T01', regime: 'crisis' });
      const share = regimes.filter(({ regime }) => regime === 'crisis').length / regimes.length;
      expect(share).toBeLessThan(0.015);
    }
  });

  test('trend and range share most of a week of AAPL, and no regime flickers', () => {
    const regimes = regimesOf('stock-1m-2019/AAPL.alphavantage.2019-02-11.csv.gz');
    const share = (regime: Regime) =>
      regimes.filter((each) => each.regime === regime).length / regimes.length;
    const changes = regimes.filter(
      (each, index) => index > 0 && each.regime !== regimes[index - 1]?.regime,
    ).length;
    expect(share('trend') + share('range')).toBeGreaterThan(0.85);
    expect(Math.min(share('trend'), share('range'))).toBeGreaterThan(0.2);
    expect(changes / regimes.length).toBeLessThan(0.04);
  });
});
