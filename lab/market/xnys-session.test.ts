import { expect, test } from 'vitest';
import { xnysSession } from './xnys-session.ts';

test.each([
  ['a winter day', '2026-01-15', '14:30', '21:00'],
  ['a summer day', '2026-07-15', '13:30', '20:00'],
  ['the day after Thanksgiving', '2026-11-27', '14:30', '18:00'],
])('%s trades at its hours', (_, date, open, close) => {
  expect(xnysSession(Date.parse(`${date}T00:00Z`))).toEqual({
    openAtMs: Date.parse(`${date}T${open}Z`),
    closeAtMs: Date.parse(`${date}T${close}Z`),
  });
});

test.each(['2026-01-17', '2026-12-25'])('on %s nothing trades', (date) => {
  expect(xnysSession(Date.parse(`${date}T00:00Z`))).toBeNull();
});
