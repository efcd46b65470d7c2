import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Bar } from './bar.ts';
import { BarTrack } from './bar-track.ts';
import { nextOpenMs } from './sessions/session.ts';

const MINUTE_MS = 60_000;
const always = (atMs: number): number => atMs;

function bar(minute: number, close = 100, fromMs = 0): Bar {
  const openAtMs = fromMs + minute * MINUTE_MS;
  return { openAtMs, intervalMs: MINUTE_MS, open: close, high: close, low: close, close, volume: 1 };
}

/** Those that go on with the track. */
const fed = (track: BarTrack, bars: readonly Bar[]): Bar[] => bars.filter((each) => track.feed(each));
const minutes = (bars: readonly Bar[]): number[] => bars.map((each) => each.openAtMs / MINUTE_MS);

describe('feeding bars', () => {
  test('new ones come back once, and the newest are kept', () => {
    const track = new BarTrack({ keep: 3, nextOpenMs: always });
    expect(track.untilMs).toBe(0);
    expect(minutes(fed(track, [bar(1), bar(2), bar(3, 108)]))).toEqual([1, 2, 3]);
    expect(minutes(fed(track, [bar(2), bar(3, 108), bar(4, 107), bar(5)]))).toEqual([4, 5]);
    expect(minutes(track.newest(10))).toEqual([3, 4, 5]);
    expect(minutes(track.newest(2))).toEqual([4, 5]);
    expect(track.untilMs).toBe(6 * MINUTE_MS);
    expect([track.highestClose(2), track.highestClose(1)]).toEqual([107, 100]);
    expect(track.find(4 * MINUTE_MS)).toEqual(bar(4, 107));
    expect(track.find(2 * MINUTE_MS)).toBeNull();
  });

  test('a revision is not applied', () => {
    const track = new BarTrack({ keep: 10, nextOpenMs: always });
    fed(track, [bar(1, 100), bar(2, 101)]);
    expect(fed(track, [bar(1, 99), bar(2, 101)])).toEqual([]);
    expect(track.newest(2)).toEqual([bar(1, 100), bar(2, 101)]);
  });

  test('a bar that comes after a newer one was used, or has another length, is unusable', () => {
    const track = new BarTrack({ keep: 10, nextOpenMs: always });
    fed(track, [bar(1), bar(3)]);
    expect(fed(track, [bar(2), { ...bar(4), intervalMs: 5 * MINUTE_MS }])).toEqual([]);
    expect(minutes(track.newest(10))).toEqual([1, 3]);
  });

  test('keeping no bar is refused', () => {
    expect(() => new BarTrack({ keep: 0, nextOpenMs: always })).toThrow('keep is 0');
  });
});

describe('gaps', () => {
  test('missing bars of a market that never closes are named', () => {
    const track = new BarTrack({ keep: 10, nextOpenMs: always });
    expect(track.gapBefore(bar(7))).toBeNull();
    track.feed(bar(1));
    expect(track.gapBefore(bar(2))).toBeNull();
    expect(track.gapBefore(bar(5))).toEqual({ fromMs: 2 * MINUTE_MS, toMs: 5 * MINUTE_MS });
    track.feed(bar(5));
    expect(track.gapBefore(bar(6))).toBeNull();
  });

  const fridayMs = Date.parse('2026-01-16T14:30:00Z');
  const tuesdayMs = Date.parse('2026-01-20T14:30:00Z');
  const nextStockOpenMs = (atMs: number): number => nextOpenMs('stock', atMs);

  test('a long weekend is no gap for a stock', () => {
    const track = new BarTrack({ keep: 10, nextOpenMs: nextStockOpenMs });
    track.feed(bar(389, 100, fridayMs));
    expect(track.gapBefore(bar(0, 100, tuesdayMs))).toBeNull();
    expect(track.gapBefore(bar(2, 100, tuesdayMs))).toEqual({
      fromMs: tuesdayMs,
      toMs: tuesdayMs + 2 * MINUTE_MS,
    });
  });

  test('a gap that begins before the close reaches over the break', () => {
    const track = new BarTrack({ keep: 10, nextOpenMs: nextStockOpenMs });
    track.feed(bar(387, 100, fridayMs));
    expect(track.gapBefore(bar(0, 100, tuesdayMs))).toEqual({
      fromMs: fridayMs + 388 * MINUTE_MS,
      toMs: tuesdayMs,
    });
  });
});

test('whatever is fed, in whatever portions, is used strictly ascending, and the newest are kept', () => {
  const anyBar = fc.record({ minute: fc.integer({ min: 1, max: 40 }), close: fc.constantFrom(100, 101) });
  fc.assert(
    fc.property(fc.array(fc.array(anyBar)), fc.integer({ min: 1, max: 8 }), (portions, keep) => {
      const track = new BarTrack({ keep, nextOpenMs: always });
      const used = portions.flatMap((portion) =>
        fed(
          track,
          portion.map((each) => bar(each.minute, each.close)),
        ),
      );
      expect(minutes(used)).toEqual([...new Set(minutes(used))].sort((a, b) => a - b));
      expect(track.newest(keep)).toEqual(used.slice(-keep));
    }),
    { numRuns: 200 },
  );
});
