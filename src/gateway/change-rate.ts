import type { ChangeRate } from '../core/cache.ts';
import type { View } from '../core/question.ts';

/** Weight of the newest gap and the newest step. */
const NEWEST_WEIGHT = 0.2;

/**
 * What is known of how a question's answers change, after one more of them. Gaps that are asked for rarely look longer
 * than they are, so a shorter one is believed at once and a longer one slowly. Null for bars, whose questions do not
 * repeat, and where no time of the datum is known.
 */
export function changeRateAfter(
  before: ChangeRate | null,
  view: View,
  eventAtMs: number | null,
): ChangeRate | null {
  if (view.kind === 'bars' || eventAtMs === null) return null;
  const price = view.kind === 'market' ? view.quote.price : null;
  if (before === null) return { eventAtMs, intervalMs: null, price, variancePerMs: null };
  const gapMs = eventAtMs - before.eventAtMs;
  if (gapMs <= 0) return before;
  return {
    eventAtMs,
    intervalMs: before.intervalMs === null ? gapMs : Math.min(gapMs, blended(before.intervalMs, gapMs)),
    price,
    variancePerMs: varianceAfter(before, price, gapMs),
  };
}

function varianceAfter({ price: last, variancePerMs }: ChangeRate, price: number | null, gapMs: number) {
  if (price === null || last === null) return variancePerMs;
  const newest = Math.log(price / last) ** 2 / gapMs;
  return variancePerMs === null ? newest : blended(variancePerMs, newest);
}

function blended(before: number, newest: number): number {
  return (1 - NEWEST_WEIGHT) * before + NEWEST_WEIGHT * newest;
}
