/** Figures as text. What is not known is a dash, never a number. */

export const UNKNOWN = '–';

/** Prices below these show four decimals, or four digits that count: 0.0832 rather than 0.08. */
const [SMALL_PRICE, TINY_PRICE] = [10, 1];

const price2 = new Intl.NumberFormat('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const price4 = new Intl.NumberFormat('en-US', { minimumFractionDigits: 4, maximumFractionDigits: 4 });
const priceTiny = new Intl.NumberFormat('en-US', { maximumSignificantDigits: 4 });
const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

export function priceText(price: number | null): string {
  if (price === null) return UNKNOWN;
  if (price < TINY_PRICE) return priceTiny.format(price);
  return (price < SMALL_PRICE ? price4 : price2).format(price);
}

export function countText(count: number | null): string {
  return count === null ? UNKNOWN : whole.format(count);
}

/** With its sign, a real minus, two digits. */
export function scoreText(score: number | null): string {
  if (score === null) return UNKNOWN;
  const digits = Math.abs(score).toFixed(2);
  if (Number(digits) === 0) return '0.00';
  return `${score < 0 ? '−' : '+'}${digits}`;
}

export function percentText(share: number | null): string {
  return share === null ? UNKNOWN : `${(100 * share).toFixed(0)} %`;
}

/** A share as percent with its sign, a real minus, two digits. */
export function returnText(share: number): string {
  const digits = Math.abs(100 * share).toFixed(2);
  if (Number(digits) === 0) return '0.00 %';
  return `${share < 0 ? '−' : '+'}${digits} %`;
}

export function usdText(usd: number): string {
  return usd > 0 && usd < 0.01 ? '< $0.01' : `$${usd.toFixed(2)}`;
}

export function latencyText(ms: number | null): string {
  if (ms === null) return UNKNOWN;
  return ms < 1_000 ? `${ms.toFixed(ms < 10 ? 1 : 0)} ms` : `${(ms / 1_000).toFixed(1)} s`;
}

/** How long ago, coarse enough to be read at a glance. */
export function ageText(ms: number | null): string {
  if (ms === null) return UNKNOWN;
  const s = Math.max(0, Math.floor(ms / 1_000));
  if (s < 60) return `${s} s`;
  const m = Math.floor(s / 60);
  if (m < 60) return m < 10 ? `${m} m ${s % 60} s` : `${m} m`;
  const h = Math.floor(m / 60);
  return h < 48 ? `${h} h ${m % 60} m` : `${Math.floor(h / 24)} d`;
}

const iso = (atMs: number): string => new Date(atMs).toISOString();

/** `14:30:05`, UTC; with the date when it is not that of `nowMs`. */
export function timeText(atMs: number | null, nowMs: number): string {
  if (atMs === null) return UNKNOWN;
  const [day = '', time = ''] = iso(atMs).slice(0, 19).split('T');
  return day === iso(nowMs).slice(0, 10) ? time : `${day} ${time.slice(0, 5)}`;
}

/** `2019-02-11 14:30`, UTC. */
export const minuteText = (atMs: number): string => iso(atMs).slice(0, 16).replace('T', ' ');
