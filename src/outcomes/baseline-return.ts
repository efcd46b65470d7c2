import type { Bar } from '../core/bar.ts';
import { grossReturnOf } from '../core/outcome.ts';
import type { Side } from '../core/signal.ts';

/** Fewer spans than this say nothing. */
const SPANS_MIN = 10;

/**
 * What entering at random would have made before costs: the mean gross return over every `barsHeld` bars in a row, from
 * the open of the first to the close of the last; null where `bars` (oldest first) hold fewer than ten such spans.
 */
export function baselineReturn(side: Side, bars: readonly Bar[], barsHeld: number): number | null {
  const spans = bars.length - barsHeld + 1;
  if (spans < SPANS_MIN) return null;
  let sum = 0;
  for (let first = 0; first < spans; first += 1) {
    sum += grossReturnOf(side, bars[first]?.open ?? 0, bars[first + barsHeld - 1]?.close ?? 0);
  }
  return sum / spans;
}
