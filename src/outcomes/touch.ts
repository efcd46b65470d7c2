import { type Bar, closeAtMs } from '../core/bar.ts';
import type { Signal } from '../core/signal.ts';

/** A barrier that a bar reached, and where it was left. */
export type Touch = {
  readonly cause: 'stop' | 'target';
  readonly exitPrice: number;
  /** Close of the deciding bar (Unix ms). */
  readonly exitAtMs: number;
  readonly isAmbiguous: boolean;
};

/**
 * Which barrier a bar reached first; null: none. What one bar cannot tell, `finer` ones do where they cover it wholly,
 * and else it was the stop. Touching counts; docs/OUTCOMES.md, steps 3 to 6.
 */
export function touchOf(signal: Signal, bar: Bar, finer: readonly Bar[] = []): Touch | null {
  const { side, target, stop } = signal;
  const direction = side === 'BUY' ? 1 : -1;
  const isAtStop = (price: number): boolean => direction * (price - stop) <= 0;
  const isAtTarget = (price: number): boolean => direction * (price - target) >= 0;
  const [worst, best] = side === 'BUY' ? [bar.low, bar.high] : [bar.high, bar.low];
  const left = (cause: Touch['cause'], exitPrice: number, isAmbiguous = false): Touch => ({
    cause,
    exitPrice,
    exitAtMs: closeAtMs(bar),
    isAmbiguous,
  });
  if (isAtStop(bar.open)) return left('stop', bar.open);
  if (isAtTarget(bar.open)) return left('target', target);
  if (!isAtStop(worst)) return isAtTarget(best) ? left('target', target) : null;
  if (!isAtTarget(best)) return left('stop', stop);
  return firstTouch(signal, bar, finer) ?? left('stop', stop, true);
}

function firstTouch(signal: Signal, bar: Bar, finer: readonly Bar[]): Touch | null {
  const inside = finer.filter((one) => one.openAtMs >= bar.openAtMs && closeAtMs(one) <= closeAtMs(bar));
  let coveredToMs = bar.openAtMs;
  for (const one of inside) {
    if (one.openAtMs !== coveredToMs) return null;
    coveredToMs = closeAtMs(one);
  }
  if (coveredToMs !== closeAtMs(bar)) return null;
  for (const one of inside) {
    const touch = touchOf(signal, one);
    if (touch !== null) return touch;
  }
  return null;
}
