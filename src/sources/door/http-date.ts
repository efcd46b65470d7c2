import type { HttpResponse } from '../../core/http.ts';
import { civilMs } from './time.ts';

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** The three forms of RFC 9110 section 5.6.7. */
const IMF_FIXDATE = /^[A-Z][a-z]{2}, (\d{2}) ([A-Z][a-z]{2}) (\d{4}) (\d{2}):(\d{2}):(\d{2}) GMT$/;
const RFC850 = /^[A-Z][a-z]{5,8}, (\d{2})-([A-Z][a-z]{2})-(\d{2}) (\d{2}):(\d{2}):(\d{2}) GMT$/;
const ASCTIME = /^[A-Z][a-z]{2} ([A-Z][a-z]{2}) ([ \d]\d) (\d{2}):(\d{2}):(\d{2}) (\d{4})$/;

/** Unix ms of an HTTP-date in its current or either obsolete form; null for anything else. */
export function httpDateMs(text: string | undefined): number | null {
  if (text === undefined) return null;
  const named = IMF_FIXDATE.exec(text) ?? RFC850.exec(text);
  if (named !== null) {
    const [, day, month = '', year, hour, minute, second] = named;
    const fullYear = year?.length === 2 ? 2000 + Number(year) : Number(year);
    return civilMs([fullYear, MONTHS.indexOf(month) + 1, ...[day, hour, minute, second].map(Number)]);
  }
  const [, month = '', day, hour, minute, second, year] = ASCTIME.exec(text) ?? [];
  return civilMs([Number(year), MONTHS.indexOf(month) + 1, ...[day, hour, minute, second].map(Number)]);
}

/** The provider's clock at the answer (Unix ms): its Date header, or our receipt where it sends none. */
export function serverTimeMs(response: HttpResponse): number {
  return httpDateMs(response.headers.date) ?? response.receivedAtMs;
}
