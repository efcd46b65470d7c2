import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Bar } from '../core/bar.ts';
import type { Side } from '../core/signal.ts';
import { type Finding, OutcomeWalk } from './outcome-walk.ts';
import { MINUTE_MS, RULES, signalOf, walked } from './walk.testing.ts';

/** A Wednesday: half an hour into trading of stocks. */
const T0 = Date.parse('2026-01-14T15:00:00Z');
const at = (minute: number): number => T0 + minute * MINUTE_MS;
/** The last five minutes of that session. */
const LATE = Date.parse('2026-01-14T20:55:00Z');
/** The opening after it. */
const NEXT = Date.parse('2026-01-15T14:30:00Z');

type Prices = readonly [open: number, high: number, low: number, close: number];

function bar(openAtMs: number, prices: Prices | number = 100, volume = 1, intervalMs = MINUTE_MS): Bar {
  const [open, high, low, close] =
    typeof prices === 'number' ? [prices, prices + 0.5, prices - 0.5, prices] : prices;
  return { openAtMs, intervalMs, open, high, low, close, volume };
}
const bars = (...prices: (Prices | number)[]): Bar[] => prices.map((one, minute) => bar(at(minute), one));
const still = (from: number, to: number, price = 100): Bar[] =>
  Array.from({ length: to - from }, (_, index) => bar(at(from + index), [price, price, price, price], 0));

/** Target 3 above, stop 2 below, ten minutes. */
const BUY = signalOf('AAPL', 'BUY', {
  entry: 100,
  target: 103,
  stop: 98,
  openedAtMs: T0,
  expiresAtMs: at(10),
});
type Given = {
  bars: readonly Bar[];
  flip?: { atMs: number; price: number };
  nowMs?: number;
  openedAtMs?: number;
  expiresAtMs?: number;
  finer?: readonly Bar[];
};
function found({ bars: fed, flip, nowMs = at(10), openedAtMs, expiresAtMs, finer }: Given): Finding | null {
  const signal = {
    ...BUY,
    openedAtMs: openedAtMs ?? BUY.openedAtMs,
    expiresAtMs: expiresAtMs ?? BUY.expiresAtMs,
  };
  const finerOf = finer === undefined ? {} : { finerOf: () => finer };
  return walked(
    { signal, assetClass: 'stock', intervalMs: MINUTE_MS, ...finerOf },
    { bars: fed, flip: flip ?? null, nowMs },
  );
}
const left = (cause: string, exitPrice: number, minute: number, barsHeld = minute, isAmbiguous = false) => ({
  kind: 'resolved',
  cause,
  exitPrice,
  exitAtMs: at(minute),
  isAmbiguous,
  barsHeld,
});
const BOTH: Prices = [100, 104, 97, 100];

describe('a barrier', () => {
  test.each<[string, Prices, object | null]>([
    ['opens beyond the stop: at the open', [96, 99, 95, 99], left('stop', 96, 2)],
    ['opens at the stop: at the stop', [98, 99, 98, 99], left('stop', 98, 2)],
    ['opens beyond the target: at the target', [105, 106, 97, 105], left('target', 103, 2)],
    ['holds both: the stop, ambiguous', BOTH, left('stop', 98, 2, 2, true)],
    ['touches the stop: at the stop', [100, 102, 98, 101], left('stop', 98, 2)],
    ['touches the target: at the target', [100, 103, 99, 101], left('target', 103, 2)],
    ['stays between: nothing', [100, 102.99, 98.01, 101], null],
  ])('a bar that %s', (_what, prices, outcome) => {
    expect(found({ bars: bars(100, prices), nowMs: at(2) })).toEqual(outcome);
  });

  const halves = (first: Prices, second: Prices): Bar[] => [
    bar(at(1), first, 1, 30_000),
    bar(at(1) + 30_000, second, 1, 30_000),
  ];
  const up: Prices = [100, 104, 99.5, 101];
  const down: Prices = [100, 101, 97, 97.5];
  test.each<[string, Bar[], object]>([
    ['tell that the target came first', halves(up, down), { ...left('target', 103, 1.5, 2) }],
    ['tell that the stop came first', halves(down, up), { ...left('stop', 98, 1.5, 2) }],
    ['cannot tell themselves', halves(BOTH, down), { ...left('stop', 98, 1.5, 2, true) }],
    ['do not cover the bar', halves(up, down).slice(0, 1), left('stop', 98, 2, 2, true)],
    ['begin late', halves(down, up).slice(1), left('stop', 98, 2, 2, true)],
    ['touch nothing', halves([100, 101, 99, 100], [100, 101, 99, 100]), left('stop', 98, 2, 2, true)],
  ])('finer bars that %s', (_what, finer, outcome) => {
    expect(found({ bars: bars(100, BOTH), finer, nowMs: at(2) })).toEqual(outcome);
  });

  test('the bar in which it opened is not judged', () => {
    const given = { bars: bars([100, 105, 90, 100], 101), openedAtMs: T0 + 5_000, nowMs: at(2) };
    expect(found(given)).toBeNull();
  });

  test('bars outside the session are as if they were not there', () => {
    const night = bar(Date.parse('2026-01-14T21:30:00Z'), [90, 91, 89, 90]);
    const opened = { openedAtMs: LATE, expiresAtMs: NEXT + 10 * MINUTE_MS, nowMs: NEXT };
    const day = [0, 1, 2, 3, 4].map((minute) => bar(LATE + minute * MINUTE_MS));
    expect(found({ ...opened, bars: [...day, night] })).toBeNull();
  });
});

describe('the end', () => {
  const quiet = bars(...Array.from({ length: 12 }, () => 101));
  test('time is up: the close of the last judged bar', () => {
    expect(found({ bars: quiet.slice(0, 9), nowMs: at(9.5) })).toBeNull();
    expect(found({ bars: quiet.slice(0, 9), nowMs: at(10) })).toBeNull();
    expect(found({ bars: quiet.slice(0, 10), nowMs: at(10) })).toEqual(left('expiry', 101, 10));
    expect(found({ bars: quiet, nowMs: at(12) })).toEqual(left('expiry', 101, 10));
  });
  test('a bar that closes after the end tells that the missing ones do not come', () => {
    const holed = quiet.filter((_, minute) => minute < 8 || minute > 10);
    expect(found({ bars: holed.slice(0, 8), nowMs: at(11) })).toBeNull();
    expect(found({ bars: holed, nowMs: at(12) })).toEqual(left('expiry', 101, 8));
  });
  test('where the session is over there is nothing to wait for but the end', () => {
    const day = [0, 1, 2, 3, 4].map((minute) => bar(LATE + minute * MINUTE_MS));
    const given = { openedAtMs: LATE, expiresAtMs: LATE + 3_600_000, bars: day };
    expect(found({ ...given, nowMs: LATE + 1_800_000 })).toBeNull();
    expect(found({ ...given, nowMs: LATE + 3_600_000 })).toMatchObject({
      cause: 'expiry',
      exitAtMs: LATE + 5 * MINUTE_MS,
    });
  });
  test('a flip: its price, its moment, and no bar that closes later', () => {
    const flip = { atMs: at(2) + 5_000, price: 101.25 };
    const fed = bars(100, 100, [100, 104, 100, 104]);
    expect(found({ bars: fed, flip, nowMs: at(3) })).toEqual({
      ...left('flip', 101.25, 2),
      exitAtMs: flip.atMs,
    });
    expect(found({ bars: fed.slice(0, 1), flip, nowMs: at(2.5) })).toBeNull();
    expect(found({ bars: fed, flip: { atMs: at(3), price: 104 }, nowMs: at(3) })).toEqual(
      left('target', 103, 3),
    );
  });
  test('a flip within the first bar has an exit and no bar', () => {
    const flip = { atMs: T0 + 25_000, price: 100.5 };
    const given = { bars: [], flip, openedAtMs: T0 + 5_000, nowMs: flip.atMs };
    expect(found(given)).toMatchObject({ cause: 'flip', exitPrice: 100.5, barsHeld: 0 });
  });
  test('no whole bar before the end: no bars', () => {
    const given = { openedAtMs: T0 + 5_000, expiresAtMs: at(1.5), bars: [], nowMs: at(1.5) };
    expect(found(given)).toMatchObject({ reason: 'noBars' });
  });
  test.each([
    ['stock', 4],
    ['crypto', 1],
  ] as const)('%s: no bars once %d days have passed after the end', (assetClass, days) => {
    const options = { signal: BUY, assetClass, intervalMs: MINUTE_MS };
    const nowMs = at(10) + days * 86_400_000;
    expect(walked(options, { bars: bars(100), nowMs: nowMs - 1 })).toBeNull();
    expect(walked(options, { bars: bars(100), nowMs })).toMatchObject({
      kind: 'unresolved',
      reason: 'noBars',
    });
  });
});

describe('what cannot be judged', () => {
  test.each<[string, Given, object | null]>([
    ['five minutes without a bar are none', { bars: [bar(at(0)), bar(at(6))] }, null],
    [
      'more are a gap',
      { bars: [bar(at(0)), bar(at(7))] },
      { reason: 'gap', detail: 'no bar in 6 min of trading after 2026-01-14T15:01:00.000Z' },
    ],
    ['between opening and first bar too', { bars: [bar(at(6))] }, { reason: 'gap' }],
    [
      'and before the end',
      { bars: [bar(at(0)), bar(at(11))], nowMs: at(12) },
      { reason: 'gap', detail: 'no bar in 9 min of trading after 2026-01-14T15:01:00.000Z' },
    ],
    ['even where the late bar touches', { bars: [bar(at(0)), bar(at(7), 90)] }, { reason: 'gap' }],
  ])('gap: %s', (_what, given, outcome) => {
    const result = found({ nowMs: at(9), ...given });
    if (outcome === null) expect(result).toBeNull();
    else expect(result).toMatchObject(outcome);
  });

  test('a night is no gap', () => {
    const fed = [0, 1, 2, 3, 4].map((minute) => bar(LATE + minute * MINUTE_MS));
    const given = { openedAtMs: LATE, expiresAtMs: NEXT + 600_000, nowMs: NEXT + MINUTE_MS };
    expect(found({ ...given, bars: [...fed, bar(NEXT)] })).toBeNull();
    const over = { ...given, nowMs: NEXT + 3 * MINUTE_MS };
    expect(found({ ...over, bars: [...fed.slice(0, 1), bar(NEXT + MINUTE_MS)] })).toBeNull();
    expect(found({ ...over, bars: [...fed.slice(0, 1), bar(NEXT + 2 * MINUTE_MS)] })).toMatchObject({
      reason: 'gap',
      detail: 'no bar in 6 min of trading after 2026-01-14T20:56:00.000Z',
    });
  });

  test.each([
    [14.3, 'like a split 7:1'],
    [50, 'like a split 2:1'],
    [66.6, 'like a split 3:2'],
    [1_000, 'like a split 1:10'],
    [70, 'near no ratio of a split'],
  ])('split: from 100 to %d, %s', (open, words) => {
    const result = found({ bars: bars(100, open), nowMs: at(2) });
    expect(result).toMatchObject({ reason: 'split' });
    expect(result).toHaveProperty('detail', expect.stringContaining(words));
  });
  test('a split before the first bar is one from the entry', () => {
    expect(found({ bars: bars(50), nowMs: at(1) })).toMatchObject({ reason: 'split' });
  });
  test('a step of just the jump is none', () => {
    expect(found({ bars: bars(100, 80), nowMs: at(2) })).toMatchObject({ cause: 'stop', exitPrice: 80 });
  });

  test('halt: a standstill of a quarter of an hour', () => {
    const given = { expiresAtMs: at(40), nowMs: at(40) };
    const fed = [bar(at(0)), ...still(1, 15), bar(at(15)), ...still(16, 30)];
    expect(found({ ...given, bars: fed })).toBeNull();
    expect(found({ ...given, bars: [bar(at(0)), ...still(1, 16)] })).toEqual({
      kind: 'unresolved',
      reason: 'halt',
      detail: 'no trade from 2026-01-14T15:01:00.000Z to 2026-01-14T15:16:00.000Z at 100',
    });
    const moved = [...still(0, 8), ...still(8, 16, 101)];
    expect(found({ ...given, bars: moved })).toBeNull();
    const traded = still(0, 16).map((one) => ({ ...one, volume: 3 }));
    expect(found({ ...given, bars: traded })).toBeNull();
  });
});

/** Prices in 64ths, so that mirroring them loses nothing. */
const price64 = fc.integer({ min: 96 * 64, max: 105 * 64 }).map((cents) => cents / 64);
const candle = fc
  .tuple(price64, price64, price64, price64, fc.integer({ min: 0, max: 9 }))
  .map(([open, close, one, two, holes]): readonly [Prices, boolean] => [
    [open, Math.max(open, close, one), Math.min(open, close, two), close],
    holes === 0,
  ]);
const history = fc
  .array(candle, { maxLength: 14 })
  .map((candles) => candles.flatMap(([prices, isHole], minute) => (isHole ? [] : [bar(at(minute), prices)])));
const anyFlip = fc.option(fc.record({ atMs: fc.integer({ min: T0, max: at(10) }), price: price64 }), {
  nil: null,
});

test('BUY and SELL are mirror images of each other', () => {
  const mirror = (price: number): number => 200 - price;
  const outcomeOf = (side: Side, fed: readonly Bar[], flip: { atMs: number; price: number } | null) =>
    walked(
      {
        signal: {
          ...BUY,
          side,
          ...(side === 'SELL' && { target: mirror(BUY.target), stop: mirror(BUY.stop) }),
        },
        assetClass: 'stock',
        intervalMs: MINUTE_MS,
      },
      { bars: fed, flip, nowMs: at(15) },
    );
  fc.assert(
    fc.property(history, anyFlip, (fed, flip) => {
      const mirrored = fed.map((one) => ({
        ...one,
        open: mirror(one.open),
        high: mirror(one.low),
        low: mirror(one.high),
        close: mirror(one.close),
      }));
      const buy = outcomeOf('BUY', fed, flip);
      const sell = outcomeOf('SELL', mirrored, flip && { ...flip, price: mirror(flip.price) });
      if (buy?.kind === 'resolved') expect(sell).toEqual({ ...buy, exitPrice: mirror(buy.exitPrice) });
      else expect(sell?.kind === 'unresolved' && sell.reason).toBe(buy?.kind === 'unresolved' && buy.reason);
    }),
    { numRuns: 500 },
  );
});

test('fed in any portions, at any times, with bars told again, it finds what it finds at once', () => {
  const options = { signal: BUY, assetClass: 'stock', intervalMs: MINUTE_MS } as const;
  fc.assert(
    fc.property(history, anyFlip, fc.array(fc.integer({ min: 1, max: 5 })), (fed, flip, portions) => {
      const walk = new OutcomeWalk(options);
      const tell = (nowMs: number): void => {
        if (flip !== null && flip.atMs <= nowMs) walk.flip(flip.atMs, flip.price);
        for (const one of fed) if (one.openAtMs + MINUTE_MS <= nowMs) walk.feed(one, RULES);
        walk.wait(nowMs, RULES);
      };
      let minute = 0;
      for (const portion of portions) {
        minute += portion;
        if (minute < 15) tell(at(minute));
      }
      tell(at(15));
      expect(walk.finding).toEqual(walked(options, { bars: fed, flip, nowMs: at(15) }));
    }),
    { numRuns: 500 },
  );
});
