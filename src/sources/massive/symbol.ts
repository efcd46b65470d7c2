import type { Instrument } from '../../core/instrument.ts';

const FIAT: readonly string[] = ['USD', 'EUR', 'GBP'];

/** `AAPL`, `BRK.B`, `X:BTCUSD`; null for pairs against a stablecoin, which would be another price. */
export function symbolOf({ assetClass, id, base, quote }: Instrument): string | null {
  if (assetClass === 'stock') return id;
  return FIAT.includes(quote) ? `X:${base}${quote}` : null;
}
