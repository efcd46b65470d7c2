import { field, items, members } from '../door/json.ts';
import { positivePrice } from '../door/number.ts';
import { epochMs } from '../door/time.ts';

/** Share of the expected adjustment by which the stated one may be off: closes and payments are rounded apart. */
const TOLERANCE = 0.5;

type Close = { readonly atMs: number; readonly close: number; readonly adjusted: number };

/** Days that state both a close and an adjusted one; intraday charts state none. */
function closesOf(result: unknown): Close[] {
  const closes = field(result, 'indicators', 'quote', 0, 'close');
  const adjusted = field(result, 'indicators', 'adjclose', 0, 'adjclose');
  return items(field(result, 'timestamp')).flatMap((time, index) => {
    const day = {
      atMs: epochMs(time, 's'),
      close: positivePrice(field(closes, index), 'number'),
      adjusted: positivePrice(field(adjusted, index), 'number'),
    };
    return day.atMs === null || day.close === null || day.adjusted === null ? [] : [day as Close];
  });
}

/**
 * Null where the adjusted closes of a chart fit its dividends, else in words which one they leave out. Before a dividend d
 * the adjusted close must be lower by the factor 1 - d / close of the day before (CRSP's rule, which Yahoo follows); a
 * series that leaves one out mixes adjusted and unadjusted history.
 */
export function dividendDefect(result: unknown): string | null {
  const closes = closesOf(result);
  for (const [, dividend] of members(field(result, 'events', 'dividends'))) {
    const amount = positivePrice(field(dividend, 'amount'), 'number');
    const exAtMs = epochMs(field(dividend, 'date'), 's');
    if (amount === null || exAtMs === null) continue;
    const exIndex = closes.findIndex(({ atMs }) => atMs >= exAtMs);
    const [before, after] = [closes[exIndex - 1], closes[exIndex]];
    if (before === undefined || after === undefined) continue;
    const lost = amount / before.close;
    const factor = before.adjusted / before.close / (after.adjusted / after.close);
    if (Math.abs(1 - lost - factor) > TOLERANCE * lost) {
      const day = new Date(exAtMs).toISOString().slice(0, 10);
      return `the adjusted closes leave out the dividend of ${day}: adjusted and unadjusted history are mixed`;
    }
  }
  return null;
}
