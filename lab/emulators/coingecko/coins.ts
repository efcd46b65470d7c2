import type { Look } from '../core/look.ts';

/** CoinGecko's ids of coins, by code. */
const IDS: Readonly<Record<string, string>> = {
  BTC: 'bitcoin',
  ETH: 'ethereum',
  SOL: 'solana',
  XRP: 'ripple',
  LTC: 'litecoin',
  DOGE: 'dogecoin',
  ADA: 'cardano',
  USDT: 'tether',
  USDC: 'usd-coin',
};
const CODES = Object.fromEntries(Object.entries(IDS).map(([code, id]) => [id, code]));

/** Prices are quoted in state money only. */
const CURRENCIES: readonly string[] = ['usd', 'eur', 'gbp'];

export function isCurrency(text: string): boolean {
  return CURRENCIES.includes(text);
}

/** The lab's instrument of a coin in a currency, as it is to be answered; null when unknown. */
export function subjectOf(look: Look, coin: string, currency: string): string | null {
  const code = CODES[coin];
  return look.subject(`${code ?? coin}-${currency.toUpperCase()}`);
}

export function coinOf(instrumentId: string): string {
  const code = instrumentId.split('-')[0] as string;
  return IDS[code] ?? code.toLowerCase();
}
