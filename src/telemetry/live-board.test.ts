import { expect, test } from 'vitest';
import { wilson95 } from '../core/wilson.ts';
import { createVirtualClock } from '../platform/virtual-clock.ts';
import { LiveBoard } from './live-board.ts';

const SLOT_MS = Date.parse('2026-01-14T15:00:00Z');

test('audits are shown as a rate with its 95 % interval, and as none before the first', () => {
  const { audits } = boardAt(SLOT_MS).state();
  expect(audits).toMatchObject({ mode: 'certain', audited: 40, equal: 39, incomplete: 1, rate: 0.975 });
  // Checked by hand against Wilson 1927: (p + z2/2n ± z sqrt(p(1-p)/n + z2/4n2)) / (1 + z2/n).
  expect(audits.ci95?.[0]).toBeCloseTo(0.8712, 4);
  expect(audits.ci95?.[1]).toBeCloseTo(0.9956, 4);
  expect(wilson95(0, 0)).toBeNull();
});

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
    audits: () => ({ mode: 'certain', symbols: 2, audited: 40, equal: 39, incomplete: 1, pairs: { a: 3 } }),
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
