import { describe, expect, test } from 'vitest';
import type { Bar } from '../core/bar.ts';
import { OUTCOME_DEFAULTS } from '../core/options.ts';
import type { Side } from '../core/signal.ts';
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
  const untilMs = T0 + 12 * MINUTE_MS;
  const baselineOf = (
    side: Side,
    bars: readonly Bar[],
    barsHeld: number,
    exitAtMs = untilMs,
    openedAtMs = T0,
  ) => baselineReturn({ signal: { side, openedAtMs }, assetClass: 'stock', exitAtMs, barsHeld, bars });

  test('is the mean over every span of as many bars, from open to close', () => {
    const spans = Array.from({ length: 10 }, (_, first) => (102.5 + first) / (100 + first) - 1);
    const mean = spans.reduce((sum, one) => sum + one, 0) / 10;
    expect(baselineOf('BUY', rising(12), 3)).toBeCloseTo(mean, 15);
    expect(baselineOf('SELL', rising(12), 3)).toBeCloseTo(-mean, 15);
  });
  test('needs ten spans', () => {
    expect(baselineOf('BUY', rising(12), 3)).not.toBeNull();
    expect(baselineOf('BUY', rising(12), 4)).toBeNull();
    expect(baselineOf('BUY', [], 1)).toBeNull();
  });
  test('bars after the exit are none of it', () => {
    expect(baselineOf('BUY', rising(30), 2)).toBe(baselineOf('BUY', rising(12), 2));
  });

  const NIGHT_MS = 23.5 * 3_600_000;
  /** Twelve bars of one day, twelve of the next, an hour into trading and half an hour. */
  const twoDays = [
    ...rising(12),
    ...rising(12).map((bar) => ({ ...bar, openAtMs: bar.openAtMs + NIGHT_MS })),
  ];
  test.each([
    ['by day', T0 + NIGHT_MS, 20, 102.5 / 100],
    ['over a night', T0, 2, 100.5 / 110],
  ])('%s is held against the like', (_what, openedAtMs, spans, first) => {
    const exitAtMs = untilMs + NIGHT_MS;
    const counted = twoDays.slice(0, -2).flatMap(({ open, openAtMs }, index) => {
      const { close = 0, openAtMs: lastMs = 0 } = twoDays[index + 2] ?? {};
      return lastMs - openAtMs > 3_600_000 === (openedAtMs === T0) ? [close / open - 1] : [];
    });
    expect(counted).toHaveLength(spans);
    expect(counted[0]).toBeCloseTo(first - 1, 12);
    const mean = counted.reduce((sum, one) => sum + one, 0) / counted.length;
    const found = baselineOf('BUY', twoDays, 3, exitAtMs, openedAtMs);
    if (spans < 10) expect(found).toBeNull();
    else expect(found).toBeCloseTo(mean, 12);
  });
  test('opened before the bell, it is no trade of that day', () => {
    const beforeMs = Date.parse('2026-01-14T14:29:00Z');
    expect(baselineOf('BUY', rising(12), 2, untilMs, beforeMs)).toBeNull();
  });
  test('over a night, with enough of them', () => {
    const long = baselineOf('BUY', twoDays, 13, untilMs + NIGHT_MS, T0);
    const spans = Array.from({ length: 12 }, (_, first) => (100.5 + first) / (100 + first) - 1);
    expect(long).toBeCloseTo(spans.reduce((sum, one) => sum + one, 0) / 12, 12);
  });
});

describe('an outcome', () => {
  const finding = {
    kind: 'resolved',
    cause: 'target',
    exitPrice: 103,
    exitAtMs: T0 + 12 * MINUTE_MS,
    isAmbiguous: false,
    barsHeld: 2,
  } as const satisfies Finding;
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

  test('one that ended within its first bar is held against a bar', () => {
    const flip: Finding = { ...finding, cause: 'flip', barsHeld: 0 };
    const outcome = signalOutcome({ ...input, finding: flip, assetClass: 'stock', bars: rising(12) });
    const { exitAtMs } = finding;
    const bar = { signal, assetClass: 'stock', exitAtMs, barsHeld: 1, bars: rising(12) } as const;
    expect(outcome).toHaveProperty('baselineReturn', baselineReturn(bar));
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
