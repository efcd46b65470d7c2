import { Temporal } from 'temporal-polyfill';

/**
 * When the New York Stock Exchange does not trade, or stops at 13:00, as rules. Exact from 2013 on (older years had
 * other half days); later years hold as long as the exchange keeps its Rule 7.2.
 */

type Rule = { readonly name: string; readonly on: (date: Temporal.PlainDate) => boolean };

const MONDAY = 1;
const THURSDAY = 4;
const FRIDAY = 5;
const SATURDAY = 6;

/** Days of national mourning and the like, which no rule foresees. */
const SPECIAL_CLOSURES: Readonly<Record<string, string>> = {
  '2018-12-05': 'National Day of Mourning for George H. W. Bush',
  '2025-01-09': 'National Day of Mourning for Jimmy Carter',
};

const HOLIDAYS: readonly Rule[] = [
  // A Saturday New Year is not made up for: the Friday before closes the books of the year.
  { name: 'New Year', on: (date) => isOn(date, 1, 1) || isMondayAfter(date, 1, 1) },
  { name: 'Martin Luther King Day', on: (date) => isNth(date, 3, MONDAY, 1) },
  { name: 'Washington’s Birthday', on: (date) => isNth(date, 3, MONDAY, 2) },
  { name: 'Good Friday', on: (date) => date.add({ days: 2 }).equals(easterSunday(date.year)) },
  { name: 'Memorial Day', on: (date) => date.month === 5 && date.dayOfWeek === MONDAY && date.day > 24 },
  { name: 'Juneteenth', on: (date) => date.year >= 2022 && isObserved(date, 6, 19) },
  { name: 'Independence Day', on: (date) => isObserved(date, 7, 4) },
  { name: 'Labor Day', on: (date) => isNth(date, 1, MONDAY, 9) },
  { name: 'Thanksgiving', on: (date) => isNth(date, 4, THURSDAY, 11) },
  { name: 'Christmas', on: (date) => isObserved(date, 12, 25) },
];

/** Weekdays of which the exchange trades the morning only. A Friday eve is itself the observed holiday. */
const HALF_DAYS: readonly Rule[] = [
  { name: 'eve of Independence Day', on: (date) => isOn(date, 7, 3) && date.dayOfWeek <= THURSDAY },
  { name: 'day after Thanksgiving', on: (date) => isNth(date.subtract({ days: 1 }), 4, THURSDAY, 11) },
  { name: 'Christmas Eve', on: (date) => isOn(date, 12, 24) && date.dayOfWeek <= THURSDAY },
];

export type XnysDay =
  | { readonly kind: 'weekend' }
  | { readonly kind: 'holiday'; readonly name: string }
  | { readonly kind: 'halfDay'; readonly name: string }
  | { readonly kind: 'fullDay' };

/** What kind of day `date` (a date in New York) is for the exchange. */
export function xnysDay(date: Temporal.PlainDate): XnysDay {
  if (date.dayOfWeek >= SATURDAY) return { kind: 'weekend' };
  const name = SPECIAL_CLOSURES[date.toString()] ?? HOLIDAYS.find((rule) => rule.on(date))?.name;
  if (name !== undefined) return { kind: 'holiday', name };
  const half = HALF_DAYS.find((rule) => rule.on(date));
  return half === undefined ? { kind: 'fullDay' } : { kind: 'halfDay', name: half.name };
}

function isOn(date: Temporal.PlainDate, month: number, day: number): boolean {
  return date.month === month && date.day === day;
}

/** The `n`-th `weekday` of the month. */
function isNth(date: Temporal.PlainDate, n: number, weekday: number, month: number): boolean {
  return date.month === month && date.dayOfWeek === weekday && Math.ceil(date.day / 7) === n;
}

function isMondayAfter(date: Temporal.PlainDate, month: number, day: number): boolean {
  return date.dayOfWeek === MONDAY && isOn(date.subtract({ days: 1 }), month, day);
}

/** On the day itself, on the Monday after a Sunday, on the Friday before a Saturday. */
function isObserved(date: Temporal.PlainDate, month: number, day: number): boolean {
  if (isOn(date, month, day) || isMondayAfter(date, month, day)) return true;
  return date.dayOfWeek === FRIDAY && isOn(date.add({ days: 1 }), month, day);
}

/** Gregorian Easter. @see Meeus, Astronomical Algorithms (1991), chapter 8 (the "anonymous" computus of 1876) */
function easterSunday(year: number): Temporal.PlainDate {
  const a = year % 19;
  const century = Math.floor(year / 100);
  const c = year % 100;
  const f = Math.floor((century + 8) / 25);
  const g = Math.floor((century - f + 1) / 3);
  const h = (19 * a + century - Math.floor(century / 4) - g + 15) % 30;
  const l = (32 + 2 * (century % 4) + 2 * Math.floor(c / 4) - h - (c % 4)) % 7;
  const m = Math.floor((a + 11 * h + 22 * l) / 451);
  const n = h + l - 7 * m + 114;
  return new Temporal.PlainDate(year, Math.floor(n / 31), (n % 31) + 1);
}
