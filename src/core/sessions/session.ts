import { Temporal } from 'temporal-polyfill';
import type { AssetClass } from '../instrument.ts';
import { type XnysDay, xnysDay } from './xnys-closures.ts';

export type ClosedReason = 'weekend' | 'holiday' | 'overnight';

/** Where a market stands at one moment. */
export type Session = {
  /** `open`: regular trading. Every phase begins at its first millisecond and ends before the next one's. */
  readonly phase: 'open' | 'pre' | 'post' | 'closed';
  /**
   * The regular session that is running, or else the next one (Unix ms; the close is the first moment after it). Null
   * where trading never stops.
   */
  readonly opensAtMs: number | null;
  readonly closesAtMs: number | null;
  /** Set exactly when the phase is `closed`. */
  readonly reason: ClosedReason | null;
};

const NEW_YORK = 'America/New_York';
const DAY_MS = 86_400_000;
/** Standard time. Daylight time is an hour less, so a day found this way is the right one or the one before. */
const UTC_OFFSET_MS_MAX = 5 * 3_600_000;
/** About four years of days: more than any run looks back at once, and little memory. */
const DAYS_KEPT = 1_500;

const CRYPTO_SESSION: Session = { phase: 'open', opensAtMs: null, closesAtMs: null, reason: null };

type Span = { readonly untilMs: number; readonly session: Session };
/** One New York day: spans in order, without gaps, the last one ending at the next local midnight. */
type Day = { readonly endMs: number; readonly spans: readonly Span[] };

type Hours = { readonly opensAtMs: number; readonly closesAtMs: number };

const days = new Map<number, Day>();

/**
 * The session of an asset class at a moment: stocks by the rules of the New York Stock Exchange (04:00 pre, 09:30 to
 * 16:00 regular, until 20:00 post; half days 13:00 and 17:00), crypto always open. A day is worked out once and then
 * looked up, so this may be called for every symbol in every cycle.
 */
export function sessionAt(assetClass: AssetClass, atMs: number): Session {
  if (assetClass === 'crypto') return CRYPTO_SESSION;
  const dayNumber = Math.floor((atMs - UTC_OFFSET_MS_MAX) / DAY_MS);
  const guess = dayOf(dayNumber);
  const day = atMs < guess.endMs ? guess : dayOf(dayNumber + 1);
  for (const span of day.spans) {
    if (atMs < span.untilMs) return span.session;
  }
  throw new RangeError(`${atMs} is not a moment: Unix ms are expected`);
}

/** First moment at or after `atMs` in regular trading: what a series of bars may be expected to hold next. */
export function nextOpenMs(assetClass: AssetClass, atMs: number): number {
  const session = sessionAt(assetClass, atMs);
  return session.phase === 'open' ? atMs : (session.opensAtMs ?? atMs);
}

/** {@link nextOpenMs} by asset class: one function for all instruments of a class. */
export const NEXT_OPEN_MS: Readonly<Record<AssetClass, (atMs: number) => number>> = {
  stock: (atMs) => nextOpenMs('stock', atMs),
  crypto: (atMs) => nextOpenMs('crypto', atMs),
};

/** `dayNumber` counts civil days since 1970-01-01. */
function dayOf(dayNumber: number): Day {
  const known = days.get(dayNumber);
  if (known !== undefined) return known;
  if (days.size >= DAYS_KEPT) days.clear();
  const day = makeDay(new Temporal.PlainDate(1970, 1, 1).add({ days: dayNumber }));
  days.set(dayNumber, day);
  return day;
}

function makeDay(date: Temporal.PlainDate): Day {
  const kind = xnysDay(date);
  const endMs = atLocalMs(date.add({ days: 1 }), '00:00');
  const next = nextHours(date);
  const hours = hoursOn(date, kind);
  if (hours === null) {
    const reason = kind.kind === 'holiday' ? 'holiday' : 'weekend';
    return { endMs, spans: [{ untilMs: endMs, session: { phase: 'closed', ...next, reason } }] };
  }
  const postEnd = kind.kind === 'halfDay' ? '17:00' : '20:00';
  const spans: Span[] = [
    { untilMs: atLocalMs(date, '04:00'), session: { phase: 'closed', ...hours, reason: 'overnight' } },
    { untilMs: hours.opensAtMs, session: { phase: 'pre', ...hours, reason: null } },
    { untilMs: hours.closesAtMs, session: { phase: 'open', ...hours, reason: null } },
    { untilMs: atLocalMs(date, postEnd), session: { phase: 'post', ...next, reason: null } },
    { untilMs: endMs, session: { phase: 'closed', ...next, reason: 'overnight' } },
  ];
  return { endMs, spans };
}

function hoursOn(date: Temporal.PlainDate, kind: XnysDay): Hours | null {
  if (kind.kind === 'weekend' || kind.kind === 'holiday') return null;
  const close = kind.kind === 'halfDay' ? '13:00' : '16:00';
  return { opensAtMs: atLocalMs(date, '09:30'), closesAtMs: atLocalMs(date, close) };
}

/** The first regular session after `date`. */
function nextHours(date: Temporal.PlainDate): Hours {
  const following = date.add({ days: 1 });
  return hoursOn(following, xnysDay(following)) ?? nextHours(following);
}

function atLocalMs(date: Temporal.PlainDate, plainTime: string): number {
  return date.toZonedDateTime({ timeZone: NEW_YORK, plainTime }).epochMilliseconds;
}
