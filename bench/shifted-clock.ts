import type { Clock } from '../src/core/clock.ts';

/** Real time moved by `byMs`, so that a benchmark finds the stock exchange open whenever it is run. */
export function shiftedClock(real: Clock, byMs: number): Clock {
  return {
    nowMs: () => real.nowMs() + byMs,
    elapsedMs: () => real.elapsedMs(),
    sleepUntil: (atMs, signal) => real.sleepUntil(atMs - byMs, signal),
    at: (atMs, run) => real.at(atMs - byMs, run),
  };
}
