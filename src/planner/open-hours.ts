import type { AssetClass } from '../core/instrument.ts';
import { sessionAt } from '../core/sessions/session.ts';

const DAY_MS = 86_400_000;
/** Two months: longer than the windows that providers count in. */
const DAYS_LISTED = 62;

/** A calendar month, in UTC. */
export type Month = {
  readonly year: number;
  /** 1..12 */
  readonly month: number;
};

/** The month of a moment (Unix ms). */
export function monthAt(atMs: number): Month {
  const date = new Date(atMs);
  return { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1 };
}

/** How long one market trades, day by day. */
export type OpenHours = {
  /** Open time of each UTC day from the first of the month on, in ms, beyond its end too. */
  readonly daysMs: readonly number[];
  /** How many of them the month has. */
  readonly daysOfMonth: number;
};

/** Regular trading of an asset class: the sessions of the New York Stock Exchange for stocks, all day for crypto. */
export function openHours(assetClass: AssetClass, { year, month }: Month): OpenHours {
  const fromMs = Date.UTC(year, month - 1, 1);
  const daysMs = Array.from({ length: DAYS_LISTED }, (_, day) => openMsOf(assetClass, fromMs + day * DAY_MS));
  return { daysMs, daysOfMonth: (Date.UTC(year, month, 1) - fromMs) / DAY_MS };
}

/** A regular session of New York lies in one UTC day, in summer and in winter. */
function openMsOf(assetClass: AssetClass, dayMs: number): number {
  const { opensAtMs, closesAtMs } = sessionAt(assetClass, dayMs);
  if (opensAtMs === null || closesAtMs === null) return DAY_MS;
  return opensAtMs < dayMs + DAY_MS ? closesAtMs - opensAtMs : 0;
}

/** The same market in this month only. */
export function monthOnly({ daysMs, daysOfMonth }: OpenHours): OpenHours {
  return { daysMs: daysMs.slice(0, daysOfMonth), daysOfMonth };
}

export function monthMs({ daysOfMonth }: OpenHours): number {
  return daysOfMonth * DAY_MS;
}

/** Most trading time that a window may hold, in ms: the smaller of the window and the fullest run of days it touches. */
export function openMsIn({ daysMs }: OpenHours, windowMs: number): number {
  return Math.min(windowMs, fullestRun(daysMs, windowMs));
}

/**
 * How often something is asked in a window when it is asked at the first moment of trading and then every `everyMs` of
 * it: min(sum over the days of ceil(min(open, window) / every), ceil(window / every)). The first term starts anew with
 * each session, since what was asked yesterday has expired; the second holds what lasts longer than a night.
 */
export function roundsIn({ daysMs }: OpenHours, windowMs: number, everyMs: number): number {
  const roundsByDay = daysMs.map((openMs) => Math.ceil(Math.min(openMs, windowMs) / everyMs));
  return Math.min(fullestRun(roundsByDay, windowMs), Math.ceil(windowMs / everyMs));
}

/** Largest sum over as many days in a row as the window touches; a window beyond the list counts it several times. */
function fullestRun(byDay: readonly number[], windowMs: number): number {
  const length = Math.ceil(windowMs / DAY_MS);
  const listed = Math.min(length, byDay.length);
  let sum = byDay.slice(0, listed).reduce((total, value) => total + value, 0);
  let fullest = sum;
  for (let day = listed; day < byDay.length; day += 1) {
    sum += (byDay[day] ?? 0) - (byDay[day - listed] ?? 0);
    fullest = Math.max(fullest, sum);
  }
  return fullest * Math.ceil(length / listed);
}
