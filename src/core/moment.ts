const MOMENT = /^(\d{4}-\d\d-(\d\d))(T\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d))?$/;

/** Unix ms of an ISO 8601 date (UTC) or moment with its zone; null where it is neither, or no day of the calendar. */
export function momentOf(text: string): number | null {
  const [, date = '', day] = MOMENT.exec(text) ?? [];
  // A thirtieth of February is read as a second of March.
  const isOfCalendar = new Date(Date.parse(date)).getUTCDate() === Number(day);
  const atMs = isOfCalendar ? Date.parse(text) : Number.NaN;
  return Number.isNaN(atMs) ? null : atMs;
}
