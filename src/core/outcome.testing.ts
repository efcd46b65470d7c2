import { grossReturnOf, type ResolvedOutcome } from './outcome.ts';
import type { Signal } from './signal.ts';

/** A signal that came true or failed, as the cycle at `atMs` finds and records it. */
export function outcomeOf(
  { id: signalId, instrumentId, side, entry, target, stop }: Signal,
  { cycle, atMs }: { readonly cycle: number; readonly atMs: number },
  isWon: boolean,
): ResolvedOutcome {
  const exitPrice = isWon ? target : stop;
  const grossReturn = grossReturnOf(side, entry, exitPrice);
  return {
    signalId,
    instrumentId,
    side,
    cycle,
    atMs,
    kind: 'resolved',
    cause: isWon ? 'target' : 'stop',
    exitPrice,
    exitAtMs: atMs,
    isAmbiguous: false,
    grossReturn,
    netReturn: grossReturn - 0.0006,
    baselineReturn: 0.0001,
  };
}
