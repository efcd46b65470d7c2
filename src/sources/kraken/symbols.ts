import type { Instrument } from '../../core/instrument.ts';

/** Kraken's own names for coins. */
const BASES: Readonly<Record<string, string>> = { BTC: 'XBT', DOGE: 'XDG' };

/** Its oldest pairs answer under an asset-class spelling: asked XBTUSD, answered XXBTZUSD. */
const OLD_PAIR = /^X([A-Z]{3})Z(USD|EUR|GBP)$/;

export function accepts({ assetClass }: Instrument): boolean {
  return assetClass === 'crypto';
}

/** `XBTUSD`. */
export function pairOf({ base, quote }: Instrument): string {
  return (BASES[base] ?? base) + quote;
}

/** The name under which a pair was asked, from the name under which it is answered. */
export function askedPairOf(answered: string): string {
  const [, base = '', quote = ''] = OLD_PAIR.exec(answered) ?? [];
  return base === '' ? answered : base + quote;
}
