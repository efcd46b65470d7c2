import type { Look } from '../core/look.ts';

/** `BTC/USD` is `BTC-USD` in the lab; a venue after a colon does not matter here. */
export function subjectOf(look: Look, symbol: string): string | null {
  return look.subject((symbol.split(':')[0] as string).replace('/', '-'));
}

export function symbolOf(id: string): string {
  return id.replace('-', '/');
}

/** What names money: stocks their currency, pairs their two sides in words. */
export function moneyOf(id: string) {
  const [base = id, quote] = id.split('-');
  return quote === undefined
    ? { currency: 'USD', exchange: 'NASDAQ', mic_code: 'XNGS' }
    : { currency_base: base, currency_quote: quote, exchange: 'Coinbase Pro' };
}

export const UNKNOWN_SYMBOL =
  '**symbol** or **figi** parameter is missing or invalid. Please provide a valid symbol according to API documentation: https://twelvedata.com/docs#reference-data';
