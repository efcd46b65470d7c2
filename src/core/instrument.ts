/** What can be asked about. An instrument's id is Sextant's own spelling; each source translates it. */

export type AssetClass = 'stock' | 'crypto';

/** Upper-case currency code. USD, USDT and USDC are three different currencies and never compared as one. */
export type Currency = string;

export type Instrument = {
  /** Canonical id: `AAPL`, `BRK.B`, `BTC-USD`, `BTC-USDT`. */
  readonly id: string;
  readonly assetClass: AssetClass;
  /** `AAPL` or `BTC`. */
  readonly base: string;
  /** The currency its price is named in. */
  readonly quote: Currency;
};

/** Currencies that may stand after the dash of a crypto id; anything else after a dash is refused. */
export const QUOTE_CURRENCIES = ['USD', 'USDT', 'USDC', 'EUR', 'GBP'] as const;

const STOCK = /^[A-Z]{1,5}(\.[A-Z])?$/;
const CRYPTO = /^([A-Z0-9]{2,10})-([A-Z]{3,4})$/;

export type InstrumentParsed =
  | { readonly kind: 'ok'; readonly instrument: Instrument }
  | { readonly kind: 'invalid'; readonly detail: string };

/**
 * Reads a canonical id. Stocks are 1 to 5 capital letters with an optional class (`BRK.B`); crypto pairs are
 * `BASE-QUOTE` with the quote currency named. Never throws; `detail` says what was found and what to write.
 */
export function parseInstrument(id: string): InstrumentParsed {
  if (STOCK.test(id)) {
    return { kind: 'ok', instrument: { id, assetClass: 'stock', base: id, quote: 'USD' } };
  }
  const [, base, quote] = CRYPTO.exec(id) ?? [];
  if (base !== undefined && quote !== undefined) {
    if ((QUOTE_CURRENCIES as readonly string[]).includes(quote)) {
      return { kind: 'ok', instrument: { id, assetClass: 'crypto', base, quote } };
    }
    if (quote.length === 3 || quote.length === 4) {
      return {
        kind: 'invalid',
        detail: `"${id}" names the quote currency ${quote}; known are ${QUOTE_CURRENCIES.join(', ')}`,
      };
    }
  }
  return {
    kind: 'invalid',
    detail: `"${id}" is neither a stock (AAPL, BRK.B) nor a crypto pair with its quote currency (BTC-USD, ETH-USDT)`,
  };
}

/** As {@link parseInstrument}, for ids already validated. Throws RangeError on a bad id: that is a bug. */
export function instrumentOf(id: string): Instrument {
  const parsed = parseInstrument(id);
  if (parsed.kind === 'invalid') throw new RangeError(parsed.detail);
  return parsed.instrument;
}
