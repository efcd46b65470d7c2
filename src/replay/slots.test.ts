import { expect, it } from 'vitest';
import type { AssetClass } from '../core/instrument.ts';
import { replaySlots } from './slots.ts';

const slotsOf = (assetClasses: readonly AssetClass[], from: string, to: string, intervalMs = 60_000) =>
  [
    ...replaySlots({
      assetClasses,
      intervalMs,
      offsetMs: 2_000,
      fromMs: Date.parse(from),
      toMs: Date.parse(to),
    }),
  ].map((atMs) => new Date(atMs).toISOString().slice(5, 19));

it('gives a slot to each close of a bar, both ends included', () => {
  expect(slotsOf(['crypto'], '2026-01-17T10:00:00Z', '2026-01-17T10:02:00Z')).toEqual([
    '01-17T10:00:02',
    '01-17T10:01:02',
    '01-17T10:02:02',
  ]);
});

it('passes over a closed market after one slot that finds it closed', () => {
  // A Friday's close to the Tuesday after Martin Luther King Jr. Day.
  expect(slotsOf(['stock'], '2026-01-16T20:58:00Z', '2026-01-20T14:31:00Z')).toEqual([
    '01-16T20:58:02',
    '01-16T20:59:02',
    '01-16T21:00:02',
    '01-20T14:30:02',
    '01-20T14:31:02',
  ]);
});

it('goes on through the night where one of the markets is open', () => {
  expect(slotsOf(['stock', 'crypto'], '2026-01-16T21:00:00Z', '2026-01-20T14:30:00Z')).toHaveLength(
    (3 * 24 + 17.5) * 60 + 1,
  );
});

it('begins no slot before a bar has closed that is longer than a minute', () => {
  expect(slotsOf(['crypto'], '2026-01-17T10:03:00Z', '2026-01-17T10:15:00Z', 300_000)).toEqual([
    '01-17T10:05:02',
    '01-17T10:10:02',
    '01-17T10:15:02',
  ]);
});
