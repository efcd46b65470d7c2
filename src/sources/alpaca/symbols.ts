import type { Instrument } from '../../core/instrument.ts';

/** Alpaca's crypto pairs are priced in one of these. */
const CRYPTO_QUOTES = ['USD', 'USDT', 'USDC'];

export function isStock(instrument: Instrument): boolean {
  return instrument.assetClass === 'stock';
}

export function isCrypto({ assetClass, quote }: Instrument): boolean {
  return assetClass === 'crypto' && CRYPTO_QUOTES.includes(quote);
}

/** `AAPL`, `BRK.B`, `BTC/USD`. */
export function symbolOf(instrument: Instrument): string {
  return isStock(instrument) ? instrument.base : `${instrument.base}/${instrument.quote}`;
}
