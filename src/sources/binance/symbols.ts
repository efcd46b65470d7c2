import type { Instrument } from '../../core/instrument.ts';

/** What Binance trades crypto against. USD is not among them: USDT is another currency. */
const QUOTES = ['USDT', 'USDC', 'EUR'];

export function accepts({ assetClass, quote }: Instrument): boolean {
  return assetClass === 'crypto' && QUOTES.includes(quote);
}

/** `BTCUSDT`. */
export function symbolOf({ base, quote }: Instrument): string {
  return base + quote;
}
