import type { Regime } from './decision.ts';
import type { Currency } from './instrument.ts';

export type Side = 'BUY' | 'SELL';

/** The transition of an instrument into BUY or SELL, published once. */
export type Signal = {
  /** Stable: `AAPL-20260115T143005Z-BUY`. */
  readonly id: string;
  readonly instrumentId: string;
  readonly side: Side;
  readonly openedAtMs: number;
  readonly cycle: number;
  readonly currency: Currency;
  readonly entry: number;
  readonly target: number;
  readonly stop: number;
  readonly expiresAtMs: number;
  readonly regime: Regime;
  readonly confidence: number;
  /** Plain words, with each source's share. */
  readonly explanation: string;
  /** Each answered source's part of the score: weight x score over the sum of weights; they add up to the score. */
  readonly shares: readonly { readonly sourceId: string; readonly share: number }[];
  readonly configVersion: string;
};

export type SignalEnd = 'flip' | 'target' | 'stop' | 'expiry';

export type SignalEvent =
  | { readonly event: 'opened'; readonly signal: Signal }
  | {
      readonly event: 'ended';
      readonly signalId: string;
      readonly instrumentId: string;
      readonly side: Side;
      readonly cycle: number;
      readonly atMs: number;
      readonly cause: SignalEnd;
      /** Watch price at the end; null where it expired while no price was known. */
      readonly price: number | null;
    };
