import { remembered } from './remembered.ts';
import type { LabRequest } from './wire.ts';

/** Spellings that several providers share. */

/** `2026-11-20T20:59:59.871Z`, without fraction when it is zero. */
export const rfc3339 = remembered((atMs) => {
  const text = new Date(atMs).toISOString();
  return text.endsWith('.000Z') ? `${text.slice(0, -5)}Z` : text;
});

const httpDateOfSecond = remembered((atMs) => new Date(atMs).toUTCString());

/** `Fri, 20 Nov 2026 20:59:59 GMT`, as an HTTP date is spelt. */
export function httpDate(atMs: number): string {
  return httpDateOfSecond(Math.floor(atMs / 1_000) * 1_000);
}

/** Members of a comma list, blanks and empties left out. */
export function commaList(text: string | null): string[] {
  return (text ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

/** A moment given as a number in `unitMs` or as text that Date.parse reads; null where it is neither. */
export function momentOf(text: string | null, unitMs: number): number | null {
  if (text === null || text === '') return null;
  const count = Number(text);
  const atMs = Number.isFinite(count) ? count * unitMs : Date.parse(text);
  return Number.isFinite(atMs) ? atMs : null;
}

/** The whole number in a parameter, held within its bounds. */
export function countOf(text: string | null, fallback: number, max: number): number {
  const count = Number(text ?? fallback);
  return Number.isInteger(count) && count > 0 ? Math.min(count, max) : fallback;
}

const newYork = new Intl.DateTimeFormat('en-CA', {
  timeZone: 'America/New_York',
  dateStyle: 'short',
  timeStyle: 'medium',
  hourCycle: 'h23',
});

/** The wall clock in New York: `2026-11-20 15:59:00`. */
export const newYorkTime = remembered((atMs) => newYork.format(atMs).replace(', ', ' '));

/** The bearer token of a request; null without one. */
export function bearerKey(request: LabRequest): string | null {
  const header = request.headers.authorization ?? '';
  return header.startsWith('Bearer ') ? header.slice(7) : null;
}

const QUOTES_LONGEST_FIRST = ['USDT', 'USDC', 'USD', 'EUR', 'GBP'] as const;

/** `BTCUSDT` as `BTC-USDT`; null where no known quote currency ends it. */
export function pairOf(joined: string): string | null {
  const quote = QUOTES_LONGEST_FIRST.find((code) => joined.endsWith(code) && joined.length > code.length);
  return quote === undefined ? null : `${joined.slice(0, -quote.length)}-${quote}`;
}
