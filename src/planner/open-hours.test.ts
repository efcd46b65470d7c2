import { expect, test } from 'vitest';
import { monthMs, monthOnly, openHours, openMsIn, roundsIn } from './open-hours.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const NOVEMBER = { year: 2026, month: 11 };
const stock = openHours('stock', NOVEMBER);
const crypto = openHours('crypto', NOVEMBER);

test('November 2026 has 19 whole sessions and the half day after Thanksgiving', () => {
  const minutes = monthOnly(stock).daysMs.map((openMs) => openMs / MINUTE_MS);
  expect(minutes).toHaveLength(30);
  expect(minutes.filter((open) => open === 390)).toHaveLength(19);
  expect(minutes.filter((open) => open > 0 && open < 390)).toEqual([210]);
  expect(minutes[26]).toBe(210);
  expect(minutes[25]).toBe(0);
});

test('crypto trades every minute of a month', () => {
  expect(monthOnly(crypto).daysMs).toEqual(Array.from({ length: 30 }, () => DAY_MS));
  expect(monthMs(openHours('crypto', { year: 2028, month: 2 }))).toBe(29 * DAY_MS);
});

test.each([
  { what: 'stocks, 15 min, a day', hours: stock, windowMin: 1_440, everyMin: 15, rounds: 26 },
  { what: 'stocks, 65 min, a day', hours: stock, windowMin: 1_440, everyMin: 65, rounds: 6 },
  { what: 'stocks, 63 min, a day', hours: stock, windowMin: 1_440, everyMin: 63, rounds: 7 },
  { what: 'stocks, 15 min, a month', hours: monthOnly(stock), windowMin: 43_200, everyMin: 15, rounds: 508 },
  {
    what: 'stocks, a week, a month',
    hours: monthOnly(stock),
    windowMin: 43_200,
    everyMin: 10_080,
    rounds: 5,
  },
  { what: 'stocks, 1 min, an hour', hours: stock, windowMin: 60, everyMin: 1, rounds: 60 },
  { what: 'crypto, 7 h, a day', hours: crypto, windowMin: 1_440, everyMin: 420, rounds: 4 },
  { what: 'crypto, 7 h, a month', hours: monthOnly(crypto), windowMin: 43_200, everyMin: 420, rounds: 103 },
  { what: 'crypto, 5 min, a minute', hours: crypto, windowMin: 1, everyMin: 5, rounds: 1 },
  { what: 'never', hours: crypto, windowMin: 1_440, everyMin: Number.POSITIVE_INFINITY, rounds: 0 },
])('$what: $rounds rounds', ({ hours, windowMin, everyMin, rounds }) => {
  expect(roundsIn(hours, windowMin * MINUTE_MS, everyMin * MINUTE_MS)).toBe(rounds);
});

test.each([
  { windowMin: 60, openMin: 60 },
  { windowMin: 1_440, openMin: 390 },
  { windowMin: 7 * 1_440, openMin: 5 * 390 },
])('at most $openMin minutes of trading lie in a window of $windowMin', ({ windowMin, openMin }) => {
  expect(openMsIn(stock, windowMin * MINUTE_MS)).toBe(openMin * MINUTE_MS);
});

test('a window beyond the two months listed counts them as often as it touches them', () => {
  expect(roundsIn(crypto, 124 * DAY_MS, DAY_MS)).toBe(124);
});
