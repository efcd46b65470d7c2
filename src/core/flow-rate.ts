import type { LimitWindow } from './source.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

/** An allowance that comes back within the day, but not soon: it is not spread over a session, it flows evenly. */
export function isHourly({ windowMs }: Pick<LimitWindow, 'windowMs'>): boolean {
  return windowMs >= HOUR_MS && windowMs < DAY_MS;
}

/** How one window flows: `burst` at once after a quiet time, then one every `gapMs`, in the units of the limit. */
export type FlowRate = { readonly burst: number; readonly gapMs: number };

/** A gap is a whole number of these parts of a ms: a double adds them to a Unix time without rounding. */
const PARTS_PER_MS = 1_024;

/**
 * A burst and the steady flow behind it make up the allowance together:
 *
 *     burst + window / gap - 1 = max,   so gap = window / (max - burst + 1)
 *
 * In no span of the window's length does more than `max` leave, so it never runs dry, wherever the provider's windows
 * begin; under backlog max - burst + 1 of it are used in each window.
 */
export function flowRateOf(
  { max, windowMs }: Pick<LimitWindow, 'max' | 'windowMs'>,
  burstShare: number,
): FlowRate {
  const burst = Math.max(1, Math.floor(max * burstShare));
  return { burst, gapMs: Math.ceil((PARTS_PER_MS * windowMs) / (max - burst + 1)) / PARTS_PER_MS };
}
