import { expect, it } from 'vitest';
import { type Bar, barDefect, closeAtMs, settleBars } from './bar.ts';

const OPEN_AT_MS = Date.UTC(2026, 0, 15, 15);
const bar = (parts: Partial<Bar> = {}): Bar => ({
  openAtMs: OPEN_AT_MS,
  intervalMs: 60_000,
  open: 100,
  high: 102,
  low: 99,
  close: 101,
  volume: 5,
  ...parts,
});

it('keeps a bar from the moment of its close on, and not before', () => {
  const closedAtMs = closeAtMs(bar());
  expect(settleBars([bar()], closedAtMs - 1)).toEqual([]);
  expect(settleBars([bar()], closedAtMs)).toEqual([bar()]);
});

it('puts bars in order; of two of one time the later in the answer counts', () => {
  const next = bar({ openAtMs: OPEN_AT_MS + 60_000 });
  const revised = bar({ close: 100 });
  expect(settleBars([next, bar(), revised], OPEN_AT_MS + 600_000)).toEqual([revised, next]);
});

it.each([
  [{}, null],
  [{ volume: 0 }, null],
  [{ open: 100, high: 100, low: 100, close: 100 }, null],
  [{ high: Number.POSITIVE_INFINITY }, 'high is Infinity'],
  [{ low: 0 }, 'low is 0'],
  [{ close: Number.NaN }, 'close is NaN'],
  [{ open: -1 }, 'open is -1'],
  [{ volume: -1 }, 'volume is -1'],
  [{ low: 103 }, 'low 103 is above high 102'],
  [{ open: 98 }, 'open 98 lies outside 99..102'],
  [{ close: 102.01 }, 'close 102.01 lies outside 99..102'],
  [{ openAtMs: 0 }, 'open time is 0'],
  [{ openAtMs: 1.5 }, 'open time is 1.5'],
])('finds with %j: %s', (parts, defect) => {
  expect(barDefect(bar(parts))).toBe(defect);
});
