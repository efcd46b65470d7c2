import { expect, test } from 'vitest';
import { createVirtualClock } from '../platform/virtual-clock.ts';
import { LiveBoard } from './live-board.ts';

const SLOT_MS = Date.parse('2026-01-14T15:00:00Z');

function boardAt(nowMs: number): LiveBoard {
  const board = new LiveBoard({
    label: { kind: 'LIVE' },
    cycleMs: 5_000,
    configVersion: 'v1',
    sources: [],
    clock: createVirtualClock(nowMs),
    health: () => [],
    meter: null,
    bars: () => [],
  });
  board.cycleDone({
    cycle: 1,
    slotAtMs: SLOT_MS,
    appendMs: 1,
    tookMs: 1,
    due: 1,
    entries: [],
    decisions: [],
    openSignals: [],
  });
  return board;
}

test.each([
  ['in time', SLOT_MS + 4_000, []],
  ['standing still', SLOT_MS + 16_000, ['the newest cycle is 16 s old']],
  [
    'set back',
    SLOT_MS - 3_600_000,
    ['the newest cycle is 3600 s ahead of the clock: the clock was set back'],
  ],
])('with a clock %s the board says so and whether it is ready', (_case, nowMs, troubles) => {
  expect(boardAt(nowMs).state()).toMatchObject({ ready: troubles.length === 0, troubles });
});
