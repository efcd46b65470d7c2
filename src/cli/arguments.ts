import { InvalidArgumentError } from 'commander';
import { momentOf } from '../core/moment.ts';
import type { Month } from '../main.ts';

/** Readers of option values. Each throws InvalidArgumentError with what was found and what is allowed. */

export function wholeNumber(text: string): number {
  return wholeNumberWithin(text, 0, Number.MAX_SAFE_INTEGER, 'a whole number');
}

/** A TCP port; 0 stands for any free one. */
export function portNumber(text: string): number {
  return wholeNumberWithin(text, 0, 65_535, 'a port from 0 to 65535');
}

/** Length of a cycle in ms, within what a configuration file may say. */
export function cycleLength(text: string): number {
  return wholeNumberWithin(text, 100, 3_600_000, 'a length from 100 to 3600000 ms');
}

export function positive(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || value <= 0)
    throw new InvalidArgumentError(`${text} is not a number above 0`);
  return value;
}

/** A moment as Unix ms: a date (UTC), or with a time and its zone. */
export function moment(text: string): number {
  const atMs = momentOf(text);
  if (atMs === null)
    throw new InvalidArgumentError(`${text} is neither a date nor a moment such as 2026-01-15T14:30:00Z`);
  return atMs;
}

export function yearAndMonth(text: string): Month {
  const [, year, month] = /^(\d{4})-(0[1-9]|1[0-2])$/.exec(text) ?? [];
  if (year === undefined || month === undefined)
    throw new InvalidArgumentError(`${text} is not a month such as 2026-12`);
  return { year: Number(year), month: Number(month) };
}

function wholeNumberWithin(text: string, min: number, max: number, allowed: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < min || value > max) {
    throw new InvalidArgumentError(`${text} is not ${allowed}`);
  }
  return value;
}
