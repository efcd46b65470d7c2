import { describe, expect, test } from 'vitest';
import type { Bar } from '../core/bar.ts';
import { OUTCOME_DEFAULTS } from '../core/options.ts';
import { baselineReturn } from './baseline-return.ts';
import type { Finding } from './outcome-walk.ts';
import { signalOutcome } from './signal-outcome.ts';
import { MINUTE_MS, signalOf } from './walk.testing.ts';

const T0 = Date.parse('2026-01-14T15:00:00Z');

/** Opens at 100, 101, … and closes a half above. */
const rising = (count: number): Bar[] =>
  Array.from({ length: count }, (_, index) => ({
    openAtMs: T0 + index * MINUTE_MS,
    intervalMs: MINUTE_MS,
    open: 100 + index,
    high: 101 + index,
    low: 99 + index,
    close: 100.5 + index,
    volume: 1,
  }));

describe('the return of an entry at random', () => {
  test('is the mean over every span of as many bars, from open to close', () => {
    const bars = rising(12);
    const spans = Array.from({ length: 10 }, (_, first) => (102.5 + first) / (100 + first) - 1);
    const mean = spans.reduce((sum, one) => sum + one, 0) / 10;
    expect(baselineReturn('BUY', bars, 3)).toBeCloseTo(mean, 15);
    expect(baselineReturn('SELL', bars, 3)).toBeCloseTo(-mean, 15);
  });
  test('needs ten spans', () => {
    expect(baselineReturn('BUY', rising(12), 3)).not.toBeNull();
    expect(baselineReturn('BUY', rising(12), 4)).toBeNull();
    expect(baselineReturn('BUY', [], 1)).toBeNull();
  });
});

describe('an outcome', () => {
  const finding: Finding = {
    kind: 'resolved',
    cause: 'target',
    exitPrice: 103,
    exitAtMs: T0 + 12 * MINUTE_MS,
    isAmbiguous: false,
    barsHeld: 2,
  };
  const levels = { entry: 100, target: 103, stop: 98, openedAtMs: T0, expiresAtMs: T0 + 3_600_000 };
  const signal = signalOf('AAPL', 'BUY', levels);
  const input = { signal, finding, cycle: 7, atMs: T0 + 900_000, costs: OUTCOME_DEFAULTS };

  test.each([
    ['stock', 'BUY', 0.03, 0.0294],
    ['crypto', 'BUY', 0.03, 0.0276],
    ['stock', 'SELL', -0.03, -0.0306],
  ] as const)('%s %s: both ways are paid', (assetClass, side, gross, net) => {
    const outcome = signalOutcome({ ...input, signal: { ...signal, side }, assetClass, bars: [] });
    expect(outcome).toEqual({
      signalId: signal.id,
      instrumentId: 'AAPL',
      side,
      cycle: 7,
      atMs: T0 + 900_000,
      kind: 'resolved',
      cause: 'target',
      exitPrice: 103,
      exitAtMs: T0 + 12 * MINUTE_MS,
      isAmbiguous: false,
      grossReturn: expect.closeTo(gross, 12),
      netReturn: expect.closeTo(net, 12),
      baselineReturn: null,
    });
  });

  test('bars after the exit are none of its baseline', () => {
    const baselineOf = (count: number) => {
      const outcome = signalOutcome({ ...input, assetClass: 'stock', bars: rising(count) });
      return outcome.kind === 'resolved' ? outcome.baselineReturn : null;
    };
    expect(baselineOf(12)).toBe(baselineReturn('BUY', rising(12), 2));
    expect(baselineOf(30)).toBe(baselineOf(12));
  });

  test('one that ended within its first bar is held against a bar', () => {
    const flip: Finding = { ...finding, cause: 'flip', barsHeld: 0 };
    const outcome = signalOutcome({ ...input, finding: flip, assetClass: 'stock', bars: rising(12) });
    expect(outcome).toHaveProperty('baselineReturn', baselineReturn('BUY', rising(12), 1));
  });

  test('what is unresolved says so and has no returns', () => {
    const why: Finding = { kind: 'unresolved', reason: 'gap', detail: 'no bar' };
    const outcome = signalOutcome({ ...input, finding: why, assetClass: 'stock', bars: [] });
    expect(outcome).toEqual({
      signalId: signal.id,
      instrumentId: 'AAPL',
      side: 'BUY',
      cycle: 7,
      atMs: T0 + 900_000,
      ...why,
    });
  });
});
