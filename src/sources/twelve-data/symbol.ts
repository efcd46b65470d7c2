import type { Instrument } from '../../core/instrument.ts';

/** `AAPL`, `BRK.B`, `BTC/USD`: each pair in its own currency. */
export function symbolOf({ assetClass, id, base, quote }: Instrument): string {
  return assetClass === 'stock' ? id : `${base}/${quote}`;
}
