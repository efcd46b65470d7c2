import type { Instrument } from '../../core/instrument.ts';

/** `AAPL`, `BINANCE:BTCUSDT`; null for pairs against anything but USDT: no other venue's spelling is documented. */
export function symbolOf({ assetClass, id, base, quote }: Instrument): string | null {
  if (assetClass === 'stock') return id;
  return quote === 'USDT' ? `BINANCE:${base}USDT` : null;
}
