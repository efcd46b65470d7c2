import type { Source } from '../../core/source.ts';
import { KLINES_WEIGHT, LIGHT_SYMBOLS_MAX, LIMITS, limitState, TICKER_WEIGHT } from './limits.ts';
import { parseKlines, parseTickers } from './parse.ts';
import { klines, tickers } from './request.ts';
import { accepts } from './symbols.ts';

/** Spot crypto against stablecoins from Binance's keyless market-data host. */
export const binance: Source = {
  id: 'binance',
  operator: 'binance',
  title: 'Binance spot',
  defaultBaseUrl: 'https://data-api.binance.vision',
  keys: {},
  options: {},
  limits: LIMITS,
  priceUsdPerCall: 0,
  endpoints: [
    {
      name: 'ticker/24hr',
      kind: 'market',
      batchMax: LIGHT_SYMBOLS_MAX,
      accepts,
      weight: () => TICKER_WEIGHT,
      request: tickers,
      parse: parseTickers,
    },
    {
      name: 'klines',
      kind: 'bars',
      batchMax: 1,
      accepts,
      weight: () => KLINES_WEIGHT,
      request: klines,
      parse: parseKlines,
    },
  ],
  limitState,
};
