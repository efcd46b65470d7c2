import type { Instrument } from '../../core/instrument.ts';

/** Currencies in which Yahoo prices crypto; it knows no stablecoin pairs. */
const CRYPTO_QUOTES = ['USD', 'EUR', 'GBP'];

export function accepts({ assetClass, quote }: Instrument): boolean {
  return assetClass === 'stock' || CRYPTO_QUOTES.includes(quote);
}

export function isStock(instrument: Instrument): boolean {
  return instrument.assetClass === 'stock';
}

/** `AAPL`, `BRK-B`, `BTC-USD`. */
export function symbolOf({ assetClass, base, quote }: Instrument): string {
  return assetClass === 'stock' ? base.replace('.', '-') : `${base}-${quote}`;
}
