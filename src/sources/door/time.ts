import { type NumberForm, readNumber } from './number.ts';

export type EpochUnit = 's' | 'ms' | 'us' | 'ns';

const PER_MS: Readonly<Record<Exclude<EpochUnit, 's'>, number>> = { ms: 1, us: 1e3, ns: 1e6 };

/** A count read in a unit too small lands in 1970, in one too large beyond 2100: both ends are refused. */
const EARLIEST_MS = Date.UTC(1973, 0, 1);
const LATEST_MS = Date.UTC(2100, 0, 1);

/** The time when it lies between 1973 and 2100, else null. */
export function believableMs(ms: number): number | null {
  return ms >= EARLIEST_MS && ms < LATEST_MS ? ms : null;
}

/**
 * Unix time in the unit that the provider documents for this field, as whole ms (rounded down); null for anything else.
 * Nanoseconds pass through a double: exact to 256 ns, so at a millisecond's edge the result may be 1 ms off.
 */
export function epochMs(value: unknown, unit: EpochUnit, form: NumberForm = 'number'): number | null {
  const count = readNumber(value, form);
  if (count === null) return null;
  return believableMs(unit === 's' ? Math.floor(count * 1000) : Math.floor(count / PER_MS[unit]));
}

const RFC3339 =
  /^(\d{4})-(\d{2})-(\d{2})[Tt](\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,12}))?(?:([Zz])|([+-])(\d{2}):(\d{2}))$/;

/**
 * RFC 3339 text with up to 12 decimals and a stated offset as Unix ms (rounded down). Text without an offset, a day or
 * hour that does not exist, and a leap second are refused with null.
 */
export function rfc3339Ms(value: unknown): number | null {
  const match = typeof value === 'string' ? RFC3339.exec(value) : null;
  if (match === null) return null;
  const [, year, month, day, hour, minute, second, fraction = '', , sign, offsetHour, offsetMinute] = match;
  const at = civilMs([year, month, day, hour, minute, second].map(Number));
  if (at === null) return null;
  const offsetMin = sign === undefined ? 0 : Number(offsetHour) * 60 + Number(offsetMinute);
  if (offsetMin > 18 * 60 || Number(offsetMinute ?? 0) > 59) return null;
  const east = sign === '-' ? -1 : 1;
  return believableMs(at + Number(fraction.slice(0, 3).padEnd(3, '0')) - east * offsetMin * 60_000);
}

/** Unix ms of a UTC date and time [year, month 1-12, day, hour, minute, second]; null where the calendar has none. */
export function civilMs(parts: readonly number[]): number | null {
  const [year = Number.NaN, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts;
  const ms = Date.UTC(year, month - 1, day, hour, minute, second);
  if (Number.isNaN(ms) || hour > 23 || minute > 59 || second > 59) return null;
  const back = new Date(ms);
  return back.getUTCMonth() === month - 1 && back.getUTCDate() === day ? ms : null;
}
