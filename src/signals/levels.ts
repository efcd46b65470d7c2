import type { SignalOptions } from '../core/options.ts';
import type { Side } from '../core/signal.ts';

/** Nearest and farthest a level may lie from the entry, as shares of it: five basis points, so that the mere spread ends
 * no signal, and nine tenths, so that no level is at or below zero. */
const DISTANCE_SHARE_MIN = 0.0005;
const DISTANCE_SHARE_MAX = 0.9;

export type Levels = { readonly target: number; readonly stop: number };

/** Where a signal has come true and where it has failed: `targetAtr` and `stopAtr` average true ranges from the entry. */
export function levelsOf(side: Side, entry: number, atr: number, options: SignalOptions): Levels {
  const direction = side === 'BUY' ? 1 : -1;
  const distance = (ranges: number): number =>
    Math.min(Math.max(ranges * atr, entry * DISTANCE_SHARE_MIN), entry * DISTANCE_SHARE_MAX);
  return {
    target: entry + direction * distance(options.targetAtr),
    stop: entry - direction * distance(options.stopAtr),
  };
}
