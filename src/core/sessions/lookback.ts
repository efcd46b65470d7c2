import type { AssetClass } from '../instrument.ts';
import { sessionAt } from './session.ts';

/** How far back one step goes while the market is closed: less than the shortest session, so none is stepped over. */
const STEP_MS = 1_800_000;
/** Longest closure looked across: the exchange has not been shut for longer than a week since 1933. */
const STEPS_MAX = 480;

/**
 * The moment (Unix ms) from which on `spanMs` of regular trading lie before `atMs`: where to start asking for bars so
 * that enough of them exist, across nights, weekends and holidays.
 */
export function tradingTimeBefore(assetClass: AssetClass, atMs: number, spanMs: number): number {
  if (assetClass === 'crypto') return atMs - spanMs;
  let fromMs = atMs;
  let missingMs = spanMs;
  for (let step = 0; step < STEPS_MAX && missingMs > 0; step += 1) {
    const { phase, opensAtMs } = sessionAt(assetClass, fromMs - 1);
    if (phase === 'open' && opensAtMs !== null) {
      const startMs = Math.max(opensAtMs, fromMs - missingMs);
      missingMs -= fromMs - startMs;
      fromMs = startMs;
    } else {
      const { closesAtMs } = sessionAt(assetClass, fromMs - STEP_MS);
      fromMs = closesAtMs !== null && closesAtMs <= fromMs ? closesAtMs : fromMs - STEP_MS;
    }
  }
  return fromMs;
}

/** Regular trading between two moments, in ms. */
export function tradingTimeBetween(assetClass: AssetClass, fromMs: number, toMs: number): number {
  let openMs = 0;
  for (let atMs = fromMs; atMs < toMs; ) {
    const { opensAtMs, closesAtMs } = sessionAt(assetClass, atMs);
    const endMs = closesAtMs ?? toMs;
    openMs += Math.max(0, Math.min(endMs, toMs) - Math.max(opensAtMs ?? atMs, atMs));
    atMs = endMs;
  }
  return openMs;
}
