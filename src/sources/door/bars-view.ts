import { type Bar, barDefect, closeAtMs, settleBars } from '../../core/bar.ts';
import { failure } from '../../core/failure.ts';
import type { HttpResponse } from '../../core/http.ts';
import type { BarsQuestion, Question } from '../../core/question.ts';
import type { Reading } from '../../core/source.ts';
import { believableBars } from './bar-quality.ts';
import { failedReading, okReading } from './readings.ts';

/** One candle as read from a body: null for every field that cannot be read. */
export type BarRow = { readonly [Key in Exclude<keyof Bar, 'intervalMs'>]: number | null };

/** The sound ones of the rows, settled, and for each other row that was there in words why it is held back. */
export type SoundBars = { readonly bars: readonly Bar[]; readonly heldBack: readonly string[] };

/** Clocks differ by this much at most before a bar of theirs has not begun by ours. */
const AHEAD_MS_MAX = 5_000;
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/**
 * The candle, or why the row is none, or null for a row that stands for the running quote: providers start candles on
 * whole minutes, so a row in mid-minute is not closed.
 */
function readRow(row: BarRow, intervalMs: number): Bar | string | null {
  const { openAtMs, open, high, low, close, volume } = row;
  if (openAtMs === null) return 'a bar without a readable time';
  if (open === null || high === null || low === null || close === null || volume === null) {
    return `${nameOf(openAtMs)} has a field that is no number`;
  }
  if (intervalMs >= MINUTE_MS && openAtMs % MINUTE_MS !== 0) return null;
  const bar: Bar = { openAtMs, intervalMs, open, high, low, close, volume };
  const defect = barDefect(bar);
  return defect === null ? bar : `${nameOf(openAtMs)}: ${defect}`;
}

function nameOf(openAtMs: number): string {
  return `the bar of ${new Date(openAtMs).toISOString()}`;
}

/**
 * Bars closed at `nowMs`, ascending, one per open time (the later row wins), without those that cannot be true by
 * themselves or beside their neighbours.
 */
export function soundBars(rows: readonly BarRow[], intervalMs: number, nowMs: number): SoundBars {
  const bars: Bar[] = [];
  const heldBack: string[] = [];
  for (const row of rows) {
    const read = readRow(row, intervalMs);
    if (typeof read === 'string') heldBack.push(read);
    else if (read !== null) bars.push(read);
  }
  const believable = believableBars(settleBars(bars, nowMs));
  return { bars: believable.bars, heldBack: [...believable.heldBack, ...heldBack] };
}

/** True when two bars overlap: then they are not of the interval that was asked for. Days lose an hour in spring. */
function overlapping(bars: readonly Bar[], intervalMs: number): boolean {
  const leastMs = intervalMs >= DAY_MS ? intervalMs - HOUR_MS : intervalMs;
  return bars.some((bar, index) => {
    const next = bars[index + 1];
    return next !== undefined && next.openAtMs - bar.openAtMs < leastMs;
  });
}

/**
 * A bars reading: the sound closed bars inside the asked window. Fails as mismatch when the bars are shorter than asked,
 * as badPayload when a row lies in the future or none is sound, as noData when nothing is there for the window.
 */
export function barsReading(question: Question, response: HttpResponse, rows: readonly BarRow[]): Reading {
  const { instrument, intervalMs, fromMs, toMs } = question as BarsQuestion;
  const ahead = rows.find(
    ({ openAtMs }) => openAtMs !== null && openAtMs > response.receivedAtMs + AHEAD_MS_MAX,
  );
  if (ahead !== undefined) {
    // Of a source whose clock is wrong no time can be believed, not even those that look right.
    return failedReading(failure('badPayload', `${instrument.id}: a bar that opens ahead of our clock`));
  }
  const { bars, heldBack } = soundBars(rows, intervalMs, response.receivedAtMs);
  if (overlapping(bars, intervalMs)) {
    return failedReading(failure('mismatch', `${instrument.id}: bars closer together than ${intervalMs} ms`));
  }
  const inside = bars.filter((bar) => bar.openAtMs >= fromMs && closeAtMs(bar) <= toMs);
  if (inside.length > 0) return okReading({ kind: 'bars', bars: inside });
  const [reason] = heldBack;
  return failedReading(
    reason === undefined || bars.length > 0
      ? failure('noData', `no closed bar of ${instrument.id} in the window`)
      : failure('badPayload', `${instrument.id}: ${reason}`),
  );
}
