import { dataText } from '../../test/data.ts';
import { type Bar, closeAtMs } from '../core/bar.ts';
import type { Instrument } from '../core/instrument.ts';
import type { Random } from '../core/random.ts';
import type { Signal } from '../core/signal.ts';
import { signalOf } from './walk.testing.ts';

const BARS_OF_RANGE = 14;

/** Bars of a data file, oldest first. */
export function barsOf(path: string, intervalMs: number): Bar[] {
  const [, ...lines] = dataText(path).trim().split('\n');
  return lines.map((line) => {
    const [openAtMs = 0, open = 0, high = 0, low = 0, close = 0, volume = 0] = line.split(',').map(Number);
    return { openAtMs, intervalMs, open, high, low, close, volume };
  });
}

/** The newest `count` bars that closed until then (Unix ms). */
export function closedUntil(bars: readonly Bar[], untilMs: number, count: number): readonly Bar[] {
  let low = 0;
  let high = bars.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const bar = bars[middle];
    if (bar !== undefined && closeAtMs(bar) <= untilMs) low = middle + 1;
    else high = middle;
  }
  return bars.slice(Math.max(0, low - count), low);
}

export type EntryOptions = {
  readonly instrument: Instrument;
  readonly bars: readonly Bar[];
  readonly intervalMs: number;
  readonly random: Random;
  readonly lengthMsMax?: number;
  readonly rangesMax?: number;
};

/**
 * A signal that opens anywhere amid the bars, at the close of the newest closed one: any side, target and stop a fifth of the
 * mean range to `rangesMax` (6) of them away, up to `lengthMsMax` (eight hours) long. `ranges`: from stop to target, in price units.
 */
export function entryAmid(options: EntryOptions): { readonly signal: Signal; readonly ranges: number } {
  const { instrument, bars, intervalMs, random, lengthMsMax = 8 * 3_600_000, rangesMax = 6 } = options;
  const index = BARS_OF_RANGE + Math.floor(random.next() * (bars.length - BARS_OF_RANGE - 1));
  const before = bars.slice(index - BARS_OF_RANGE, index);
  const entry = before.at(-1)?.close ?? Number.NaN;
  const range = before.reduce((sum, { high, low }) => sum + high - low, 0) / BARS_OF_RANGE || entry / 1_000;
  const side = random.next() < 0.5 ? 'BUY' : 'SELL';
  const direction = side === 'BUY' ? 1 : -1;
  const away = (): number => (0.2 + (rangesMax - 0.2) * random.next()) * range;
  const [up, down] = [away(), away()];
  // Levels that prices can meet exactly.
  const decimals = String(entry).split('.')[1]?.length ?? 0;
  const atTick = (price: number): number => Number(price.toFixed(decimals));
  const slotMs = 5_000;
  const openedAtMs =
    (bars[index]?.openAtMs ?? 0) + Math.floor((random.next() * intervalMs) / slotMs) * slotMs;
  const signal = signalOf(instrument.id, side, {
    entry,
    target: atTick(entry + direction * up),
    stop: atTick(entry - direction * down),
    openedAtMs,
    expiresAtMs: openedAtMs + Math.ceil((random.next() * lengthMsMax) / slotMs) * slotMs,
  });
  return { signal, ranges: up + down };
}
