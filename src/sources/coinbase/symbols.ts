import type { Instrument } from '../../core/instrument.ts';

export function accepts({ assetClass }: Instrument): boolean {
  return assetClass === 'crypto';
}

/** `BTC-USD`: Coinbase's spelling is ours. */
export function productOf({ base, quote }: Instrument): string {
  return `${base}-${quote}`;
}
