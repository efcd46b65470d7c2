/** How a provider documents a number: as a JSON number, as text in quotes, or as either. */
export type NumberForm = 'number' | 'text' | 'either';

/** The grammar of a JSON number (RFC 8259 section 6): no sign +, no leading zero, no grouping, no white space, no hex. */
const DECIMAL = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d{1,3})?$/;
/** Longer than any price with 18 decimals; keeps a hostile digit string from costing time. */
const TEXT_LENGTH_MAX = 60;

/**
 * A finite number in the declared form, or null: "", "1,234.50", "NaN", " 1", null, true and 1e400 are all refused, so
 * that nothing becomes 0 or 1 by accident.
 */
export function readNumber(value: unknown, form: NumberForm): number | null {
  if (typeof value === 'number') return form !== 'text' && Number.isFinite(value) ? value : null;
  if (typeof value !== 'string' || form === 'number') return null;
  if (value.length > TEXT_LENGTH_MAX || !DECIMAL.test(value)) return null;
  const parsed = Number(value);
  return Number.isFinite(parsed) ? parsed : null;
}

/** A finite number above zero, or null. */
export function positivePrice(value: unknown, form: NumberForm): number | null {
  const price = readNumber(value, form);
  return price !== null && price > 0 ? price : null;
}

/** A finite number of zero or more, or null. */
export function volumeOf(value: unknown, form: NumberForm): number | null {
  const volume = readNumber(value, form);
  return volume !== null && volume >= 0 ? volume : null;
}
