import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { tradingTimeBefore, tradingTimeBetween } from './lookback.ts';
import { sessionAt } from './session.ts';

const MINUTE_MS = 60_000;
const utcMs = (iso: string): number => Date.parse(iso);

test.each([
  ['within a session', '2026-01-15T16:00:00Z', 60, '2026-01-15T15:00:00Z'],
  ['over a night', '2026-01-15T15:00:00Z', 60, '2026-01-14T20:30:00Z'],
  ['over a long weekend', '2026-01-20T15:00:00Z', 60, '2026-01-16T20:30:00Z'],
  ['over a half day', '2026-11-30T14:30:00Z', 240, '2026-11-25T20:30:00Z'],
])('%s: before %s, %d minutes of trading begin at %s', (_what, at, minutes, from) => {
  expect(tradingTimeBefore('stock', utcMs(at), minutes * MINUTE_MS)).toBe(utcMs(from));
});

test('crypto trades all the time', () => {
  expect(tradingTimeBefore('crypto', utcMs('2026-01-18T12:00:00Z'), 60 * MINUTE_MS)).toBe(
    utcMs('2026-01-18T11:00:00Z'),
  );
});

test('exactly the wanted time of trading lies between', () => {
  const anyMinute = fc.integer({
    min: utcMs('2024-01-01T00:00:00Z') / MINUTE_MS,
    max: utcMs('2028-01-01T00:00:00Z') / MINUTE_MS,
  });
  fc.assert(
    fc.property(anyMinute, fc.integer({ min: 1, max: 900 }), (minute, wanted) => {
      const fromMs = tradingTimeBefore('stock', minute * MINUTE_MS, wanted * MINUTE_MS);
      let open = 0;
      for (let atMs = fromMs; atMs < minute * MINUTE_MS; atMs += MINUTE_MS) {
        if (sessionAt('stock', atMs).phase === 'open') open += 1;
      }
      expect(open).toBe(wanted);
      expect(tradingTimeBetween('stock', fromMs, minute * MINUTE_MS)).toBe(wanted * MINUTE_MS);
    }),
    { numRuns: 200 },
  );
});

test.each([
  ['stock', '2026-01-16T20:30:00Z', '2026-01-20T15:00:00Z', 60],
  ['stock', '2026-01-17T12:00:00Z', '2026-01-18T12:00:00Z', 0],
  ['stock', '2026-11-27T12:00:00Z', '2026-11-28T12:00:00Z', 210],
  ['crypto', '2026-01-17T12:00:00Z', '2026-01-18T12:00:00Z', 1_440],
  ['crypto', '2026-01-18T12:00:00Z', '2026-01-17T12:00:00Z', 0],
] as const)('%s: from %s to %s there are %d minutes of trading', (assetClass, from, to, minutes) => {
  expect(tradingTimeBetween(assetClass, utcMs(from), utcMs(to))).toBe(minutes * MINUTE_MS);
});
