import { DAY_MS } from '../../lab/market/market.ts';
import { xnysSession } from '../../lab/market/xnys-session.ts';

/** The first moment from which on so many days are all days of the stock exchange; a week at most is looked through. */
export function marketDaysFrom(startAtMs: number, days: number): number {
  for (let day = 0; day < 7; day += 1) {
    const fromMs = startAtMs + day * DAY_MS;
    const starts = Array.from({ length: Math.ceil(days) }, (_, index) => fromMs + index * DAY_MS);
    if (starts.every((atMs) => xnysSession(Math.floor(atMs / DAY_MS) * DAY_MS) !== null)) return fromMs;
  }
  return startAtMs;
}
