import { InvalidArgumentError } from 'commander';
import { parseInstrument } from '../core/instrument.ts';
import { momentOf } from '../core/moment.ts';
import type { Month } from '../main.ts';
import { CommandError, timeText } from './output.ts';

/** Readers of option values. Each throws InvalidArgumentError with what was found and what is allowed. */

export function wholeNumber(text: string): number {
  return wholeNumberWithin(text, 0, Number.MAX_SAFE_INTEGER, 'a whole number');
}

export function oneOrMore(text: string): number {
  return wholeNumberWithin(text, 1, Number.MAX_SAFE_INTEGER, 'a whole number from 1 on');
}

/** The id of an instrument, known or not. */
export function instrumentId(text: string): string {
  const parsed = parseInstrument(text);
  if (parsed.kind === 'ok') return text;
  const isOnlyInSmall = parseInstrument(text.toUpperCase()).kind === 'ok';
  throw new InvalidArgumentError(isOnlyInSmall ? `write ${text.toUpperCase()}` : parsed.detail);
}

/** Throws CommandError where a span of time ends before it begins; both are Unix ms. */
export function checkSpan({
  from,
  to,
}: {
  readonly from?: number | undefined;
  readonly to?: number | undefined;
}): void {
  if (from === undefined || to === undefined || from <= to) return;
  throw new CommandError(`--from ${timeText(from)} is not before --to ${timeText(to)}: exchange them`);
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
  return positiveUpTo(text, Number.MAX_VALUE, 'a number above 0');
}

/** Length of a simulation, within what a scenario may say. */
export function days(text: string): number {
  return positiveUpTo(text, 400, 'a number of days above 0, at most 400');
}

/** Above 0, at most 1. */
export function share(text: string): number {
  return positiveUpTo(text, 1, 'a share above 0, at most 1');
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

function positiveUpTo(text: string, max: number, allowed: string): number {
  const value = Number(text);
  if (!(value > 0 && value <= max)) throw new InvalidArgumentError(`${text} is not ${allowed}`);
  return value;
}

function wholeNumberWithin(text: string, min: number, max: number, allowed: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < min || value > max) {
    throw new InvalidArgumentError(`${text} is not ${allowed}`);
  }
  return value;
}
