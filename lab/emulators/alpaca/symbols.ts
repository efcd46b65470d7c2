/** The two halves of the API: they differ in root, spelling and wrapping. */
export type AlpacaMarket = { readonly name: 'stocks' | 'crypto'; readonly root: string };

export const ALPACA_MARKETS: readonly AlpacaMarket[] = [
  { name: 'stocks', root: '/v2/stocks' },
  { name: 'crypto', root: '/v1beta3/crypto/us' },
];

const FORMS = { stocks: /^[A-Z]{1,5}(\.[A-Z])?$/, crypto: /^[A-Z0-9]{2,10}\/[A-Z]{3,4}$/ } as const;

/** The first symbol that is spelled as none can be: it sinks the whole list. */
export function malformedSymbol(market: AlpacaMarket, symbols: readonly string[]): string | null {
  return symbols.find((symbol) => !FORMS[market.name].test(symbol)) ?? null;
}

/** `BTC/USD` is `BTC-USD` in the lab. */
export function idOf(market: AlpacaMarket, symbol: string): string {
  return market.name === 'crypto' ? symbol.replace('/', '-') : symbol;
}

export function symbolOf(market: AlpacaMarket, id: string): string {
  return market.name === 'crypto' ? id.replace('-', '/') : id;
}
