import type { Decision } from '../core/decision.ts';
import type { SignalOptions } from '../core/options.ts';
import type { Signal, SignalEnd, SignalEvent } from '../core/signal.ts';
import { openSignal } from './signal.ts';

export type LifecycleInput = {
  /** The instrument's open signal. */
  readonly open: Signal | null;
  /** The decision that stood before this one; null before the first. */
  readonly previous: Decision | null;
  readonly decision: Decision;
  /** Average true range of the watch bars in price units; null while warming up. */
  readonly atr: number | null;
  readonly options: SignalOptions;
};

export type LifecycleStep = {
  /** In order: an end before an opening. */
  readonly events: readonly SignalEvent[];
  /** The signal that is open after the step. */
  readonly open: Signal | null;
};

/**
 * What a decision does to an instrument's signals.
 *
 * An open signal ends by expiry (its time has come), stop or target (the decision's price is at or beyond it; one that
 * expired no longer counts prices) or flip (the decision is the opposite side), the first of these that applies. HOLD and
 * ABSTAIN end nothing.
 *
 * A signal opens when the decision is BUY or SELL, the decision before was of another kind, and no signal is open after
 * the above. So BUY, HOLD, BUY opens one signal while the first is open, and a second one when it has ended in between;
 * a BUY that goes on standing after its signal ended opens nothing until the decision has been something else.
 */
export function lifecycleStep({ open, previous, decision, atr, options }: LifecycleInput): LifecycleStep {
  const events: SignalEvent[] = [];
  let standing = open;
  const cause = open === null ? null : endOf(open, decision);
  if (open !== null && cause !== null) {
    events.push(ended(open, decision, cause));
    standing = null;
  }
  const { kind } = decision;
  if (standing === null && (kind === 'BUY' || kind === 'SELL') && previous?.kind !== kind) {
    standing = openSignal(decision, atr, options);
    events.push({ event: 'opened', signal: standing });
  }
  return { events, open: standing };
}

/** The end of a signal whose instrument nobody decides on any more, once its time has come; null before. */
export function expiryOf(signal: Signal, cycle: number, atMs: number): SignalEvent | null {
  return atMs >= signal.expiresAtMs ? ended(signal, { cycle, atMs, price: null }, 'expiry') : null;
}

function endOf(signal: Signal, decision: Decision): SignalEnd | null {
  if (decision.atMs >= signal.expiresAtMs) return 'expiry';
  const direction = signal.side === 'BUY' ? 1 : -1;
  const price = decision.price?.price;
  if (price !== undefined) {
    if (direction * (price - signal.stop) <= 0) return 'stop';
    if (direction * (price - signal.target) >= 0) return 'target';
  }
  return decision.kind === (signal.side === 'BUY' ? 'SELL' : 'BUY') ? 'flip' : null;
}

function ended(
  signal: Signal,
  { cycle, atMs, price }: Pick<Decision, 'cycle' | 'atMs' | 'price'>,
  cause: SignalEnd,
): SignalEvent {
  return {
    event: 'ended',
    signalId: signal.id,
    instrumentId: signal.instrumentId,
    side: signal.side,
    cycle,
    atMs,
    cause,
    price: price?.price ?? null,
  };
}
