import type { Side, SignalEnd } from './signal.ts';

/** Why nobody can say what came of a signal. */
export type UnresolvedReason =
  /** Bars are missing in an open session: a barrier may have been touched unseen. */
  | 'gap'
  /** Trading stood still for too long to be held. */
  | 'halt'
  /** Prices before and after are not of the same share. */
  | 'split'
  /** No bars came until long after its time was up. */
  | 'noBars';

/**
 * What the market did after a signal, judged on closed bars of the watch by three barriers: target, stop and time
 * (M. Lopez de Prado, Advances in Financial Machine Learning, Wiley 2018, section 3.4), and by the flip that ends it.
 * Not what the running service saw: between two ticks a barrier may be touched. One per signal, never revised.
 */
export type SignalOutcome = {
  readonly signalId: string;
  readonly instrumentId: string;
  readonly side: Side;
  /** The cycle that records it, and its slot (Unix ms). */
  readonly cycle: number;
  readonly atMs: number;
} & (
  | {
      readonly kind: 'resolved';
      readonly cause: SignalEnd;
      readonly exitPrice: number;
      /** Close of the bar that decided it, or the moment of the flip (Unix ms). */
      readonly exitAtMs: number;
      /** Both barriers lay inside one bar and no finer ones told which came first: the worse one was taken. */
      readonly isAmbiguous: boolean;
      /** Of the entry price, in the direction of the signal: exit / entry - 1 for BUY, its negative for SELL. */
      readonly grossReturn: number;
      /** `grossReturn` less costs and slippage of both ways, as configured when it was judged. */
      readonly netReturn: number;
      /**
       * What an entry at random would have made before costs: the mean gross return, same side, over every whole span of
       * as many bars within the bars kept up to the exit, by day where it lasted no night and over a night where it did;
       * null where they hold fewer than ten such spans.
       */
      readonly baselineReturn: number | null;
    }
  | { readonly kind: 'unresolved'; readonly reason: UnresolvedReason; readonly detail: string }
);

/** Of the entry price, in the direction of the signal. */
export function grossReturnOf(side: Side, entry: number, exit: number): number {
  return (side === 'BUY' ? 1 : -1) * (exit / entry - 1);
}

export type ResolvedOutcome = Extract<SignalOutcome, { kind: 'resolved' }>;
