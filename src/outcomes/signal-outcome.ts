import type { Bar } from '../core/bar.ts';
import type { AssetClass } from '../core/instrument.ts';
import type { OutcomeOptions } from '../core/options.ts';
import { grossReturnOf, type SignalOutcome } from '../core/outcome.ts';
import type { Signal } from '../core/signal.ts';
import { baselineReturn } from './baseline-return.ts';
import type { Finding } from './outcome-walk.ts';

export type OutcomeInput = {
  readonly signal: Signal;
  readonly assetClass: AssetClass;
  readonly finding: Finding;
  /** That records it, and its slot (Unix ms). */
  readonly cycle: number;
  readonly atMs: number;
  readonly costs: Pick<OutcomeOptions, 'costBps' | 'slippageBps'>;
  /** All that are kept of the instrument, oldest first. */
  readonly bars: readonly Bar[];
};

const BPS = 10_000;

/** A finding as it goes on record: with its returns, costs and slippage paid on the way in and on the way out. */
export function signalOutcome(input: OutcomeInput): SignalOutcome {
  const { signal, assetClass, finding, cycle, atMs, costs, bars } = input;
  const { id: signalId, instrumentId, side, entry } = signal;
  const head = { signalId, instrumentId, side, cycle, atMs };
  if (finding.kind === 'unresolved') return { ...head, ...finding };
  const { barsHeld, ...exit } = finding;
  const grossReturn = grossReturnOf(side, entry, exit.exitPrice);
  return {
    ...head,
    ...exit,
    grossReturn,
    netReturn: grossReturn - (2 * (costs.costBps[assetClass] + costs.slippageBps[assetClass])) / BPS,
    baselineReturn: baselineReturn({
      signal,
      assetClass,
      exitAtMs: exit.exitAtMs,
      barsHeld: Math.max(1, barsHeld),
      bars,
    }),
  };
}
