/**
 * A score from how clear a finding is, with its sign: 0.5 gives 0.10 (just enough to agree), 1 gives 0.38, 1.5 gives
 * 0.72, 2 gives 0.92. Every analyst states what it calls clear (1); the curve is flat around zero so that everyday
 * wobble stays quiet, and smooth everywhere. The formula is Sextant's own: tanh(0.4 x |x|).
 */
export function scoreOf(clearness: number): number {
  return Math.tanh(0.4 * clearness * Math.abs(clearness)) + 0;
}

/**
 * Share of the price below which a movement is none: a tenth of a basis point. Rules that divide by a spread divide by
 * at least this, so that a standstill is not magnified.
 */
export const STANDSTILL = 1e-5;

/** `1.24` as `+1.24`, `-0` as `0.00`: figures in a clause are read with their sign. */
export function signed(value: number, digits: number): string {
  const text = Math.abs(value).toFixed(digits);
  if (Number(text) === 0) return text;
  return value < 0 ? `-${text}` : `+${text}`;
}
