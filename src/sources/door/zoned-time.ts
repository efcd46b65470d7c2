import { Temporal } from 'temporal-polyfill';
import { believableMs, civilMs } from './time.ts';

const LOCAL = /^(\d{4}-\d{2}-\d{2})(?:[ T](\d{2}:\d{2}(?::\d{2})?))?$/;

/**
 * Wall-clock text without offset (`2026-11-20 15:59:00`, or a date alone for midnight) in a named IANA zone as Unix ms.
 * The hour that a clock change doubles or skips is refused with null, as is everything else that names no one moment.
 */
export function zonedMs(value: unknown, zone: string): number | null {
  const match = typeof value === 'string' ? LOCAL.exec(value) : null;
  if (match === null) return null;
  const [, date = '', time = '00:00:00'] = match;
  // Whole series of bars come in UTC: without a calendar of zones they are read in a tenth of the time.
  if (zone === 'UTC') {
    const ms = civilMs([...date.split('-'), ...time.split(':')].map(Number));
    return ms === null ? null : believableMs(ms);
  }
  try {
    const local = Temporal.PlainDateTime.from(`${date}T${time}`, { overflow: 'reject' });
    return believableMs(local.toZonedDateTime(zone, { disambiguation: 'reject' }).epochMilliseconds);
  } catch {
    return null;
  }
}
