import type { AssetClass } from '../instrument.ts';
import { sessionAt } from './session.ts';

/** How far back one step goes while the market is found closed. */
const STEP_MS = 1_800_000;
/** Longest closure looked across: the exchange has not been shut for longer than a week since 1933. */
const STEPS_MAX = 480;

/**
 * The moment (Unix ms) from which on at least `spanMs` of regular trading lie before `atMs`: where to start asking for
 * bars so that enough of them exist, across nights, weekends and holidays.
 */
export function tradingTimeBefore(assetClass: AssetClass, atMs: number, spanMs: number): number {
  if (assetClass === 'crypto') return atMs - spanMs;
  let from = atMs;
  let missing = spanMs;
  for (let step = 0; step < STEPS_MAX && missing > 0; step += 1) {
    const session = sessionAt(assetClass, from);
    if (session.phase === 'open' && session.opensAtMs !== null) {
      const start = Math.max(session.opensAtMs, from - missing);
      missing -= from - start;
      from = start - (missing > 0 ? 1 : 0);
    } else {
      from -= STEP_MS;
    }
  }
  return from;
}
