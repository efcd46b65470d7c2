import type { Currency } from './instrument.ts';

/** The newest price one source knows of one instrument. */
export type Quote = {
  readonly instrumentId: string;
  /** Finite and > 0, in `currency`. */
  readonly price: number;
  readonly currency: Currency;
  readonly bid: number | null;
  readonly ask: number | null;
  /** The provider's own time of the datum (Unix ms, UTC); null where the provider sends none. Age counts from here. */
  readonly eventAtMs: number | null;
  /** When our process had the whole answer (Unix ms, UTC). */
  readonly receivedAtMs: number;
};

/** Time a quote is aged from: the event where the provider states it, else the receipt. */
export function quoteTimeMs(quote: Quote): number {
  return quote.eventAtMs ?? quote.receivedAtMs;
}
