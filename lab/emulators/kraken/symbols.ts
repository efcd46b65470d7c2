import { pairOf } from '../core/formats.ts';

/** Coins that Kraken calls by another code, and back. */
const CODES: Readonly<Record<string, string>> = { BTC: 'XBT', DOGE: 'XDG' };
const COINS = Object.fromEntries(Object.entries(CODES).map(([coin, code]) => [code, coin]));
/** The oldest listings answer under names with X and Z in front. */
const OLD_CODES: readonly string[] = ['XBT', 'ETH', 'LTC', 'XRP', 'XLM', 'XMR', 'ZEC', 'ETC'];
const FIAT: readonly string[] = ['USD', 'EUR', 'GBP'];

/** `XBTUSD`, or the name of the reply `XXBTZUSD`, as `BTC-USD`. */
export function idOf(pair: string): string | null {
  const old = /^X([A-Z]{3})Z([A-Z]{3})$/.exec(pair);
  const [base, quote] = old ? [old[1], old[2]] : (pairOf(pair)?.split('-') ?? []);
  return base === undefined || quote === undefined ? null : `${COINS[base] ?? base}-${quote}`;
}

/** `BTC-USD` is answered as `XXBTZUSD`, `BTC-USDT` as `XBTUSDT`. */
export function replyKeyOf(id: string): string {
  const [coin = '', quote = ''] = id.split('-');
  const base = CODES[coin] ?? coin;
  return OLD_CODES.includes(base) && FIAT.includes(quote) ? `X${base}Z${quote}` : base + quote;
}
