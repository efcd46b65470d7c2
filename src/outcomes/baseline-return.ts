import { type Bar, closeAtMs } from '../core/bar.ts';
import type { AssetClass } from '../core/instrument.ts';
import { grossReturnOf } from '../core/outcome.ts';
import { sessionAt } from '../core/sessions/session.ts';
import type { Signal } from '../core/signal.ts';

/** Fewer spans than this say nothing. */
const SPANS_MIN = 10;

export type BaselineInput = {
  readonly signal: Pick<Signal, 'side' | 'openedAtMs'>;
  readonly assetClass: AssetClass;
  readonly exitAtMs: number;
  /** Length of a span. */
  readonly barsHeld: number;
  /** Oldest first; those that close after the exit do not count. */
  readonly bars: readonly Bar[];
};

/**
 * What entering at random would have made before costs: the mean gross return over every `barsHeld` bars in a row, from
 * the open of the first to the close of the last; null where there are fewer than ten such spans. Only those count that
 * lie within one session where the signal did, or across a closure where it did: what happens overnight is not what
 * happens by day, and a signal that never saw a night must not be held against nights.
 */
export function baselineReturn({
  signal,
  assetClass,
  exitAtMs,
  barsHeld,
  bars,
}: BaselineInput): number | null {
  const hasNight = (fromMs: number, toMs: number): boolean => {
    const { phase, closesAtMs } = sessionAt(assetClass, fromMs);
    return phase !== 'open' || closesAtMs !== sessionAt(assetClass, toMs - 1).closesAtMs;
  };
  const wanted = hasNight(signal.openedAtMs, exitAtMs);
  let sum = 0;
  let spans = 0;
  for (const [index, first] of bars.entries()) {
    const last = bars[index + barsHeld - 1];
    if (last === undefined || closeAtMs(last) > exitAtMs) break;
    if (hasNight(first.openAtMs, closeAtMs(last)) !== wanted) continue;
    sum += grossReturnOf(signal.side, first.open, last.close);
    spans += 1;
  }
  return spans < SPANS_MIN ? null : sum / spans;
}
