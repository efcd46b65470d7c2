import { pairOf } from '../core/formats.ts';

/** `X:BTCUSD` is `BTC-USD` in the lab, stocks are spelled alike. */
export function idOf(ticker: string): string {
  return ticker.startsWith('X:') ? (pairOf(ticker.slice(2)) ?? ticker) : ticker;
}

export function tickerOf(id: string): string {
  return id.includes('-') ? `X:${id.replace('-', '')}` : id;
}
