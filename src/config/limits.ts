import type { LimitWindow } from '../core/source.ts';

const UNIT_MS = { s: 1_000, min: 60_000, h: 3_600_000, day: 86_400_000, month: 30 * 86_400_000 } as const;
const LIMIT = /^(\d{1,9})\/(\d{0,4})(s|min|h|day|month)( sliding)?$/;

export const LIMIT_REMEDY =
  'write requests per window, such as "200/min", "10/5s", "10/s sliding" or "25/day" (units s, min, h, day, month)';

/** Reads `200/min`, `10/5s` or `10/s sliding`; windows count from fixed boundaries unless `sliding` is said. Null when unreadable. */
export function parseLimit(text: string): LimitWindow | null {
  const [, max, count, unit, sliding] = LIMIT.exec(text.trim()) ?? [];
  if (max === undefined || unit === undefined || Number(max) === 0 || (Number(count) === 0 && count !== ''))
    return null;
  const windowMs = UNIT_MS[unit as keyof typeof UNIT_MS] * (count === '' ? 1 : Number(count));
  return { max: Number(max), windowMs, counting: sliding === undefined ? 'fixed' : 'sliding' };
}
