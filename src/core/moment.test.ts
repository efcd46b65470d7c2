import { expect, test } from 'vitest';
import { momentOf } from './moment.ts';

test.each([
  ['2026-01-15', Date.UTC(2026, 0, 15)],
  ['2028-02-29', Date.UTC(2028, 1, 29)],
  ['2026-01-15T14:30Z', Date.UTC(2026, 0, 15, 14, 30)],
  ['2026-01-15T14:30:05.25Z', Date.UTC(2026, 0, 15, 14, 30, 5, 250)],
  ['2026-01-15T14:30:05-05:00', Date.UTC(2026, 0, 15, 19, 30, 5)],
  ['2026-02-29', null],
  ['2026-02-30T10:00Z', null],
  ['2026-04-31', null],
  ['2026-13-01', null],
  ['2026-01-15T25:00Z', null],
  ['2026-01-15T14:30', null],
  ['2026-1-5', null],
  ['15.01.2026', null],
  ['2026', null],
  ['', null],
])('%j is %j', (text, atMs) => {
  expect(momentOf(text)).toBe(atMs);
});
