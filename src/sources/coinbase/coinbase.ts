import type { Source } from '../../core/source.ts';
import { LIMITS, limitState } from './limits.ts';
import { parseCandles, parseTicker } from './parse.ts';
import { candles, ticker } from './request.ts';
import { accepts } from './symbols.ts';

/** Coinbase Exchange: keyless, one product per call. */
export const coinbase: Source = {
  id: 'coinbase',
  operator: 'coinbase',
  title: 'Coinbase Exchange',
  defaultBaseUrl: 'https://api.exchange.coinbase.com',
  keys: {},
  options: {},
  limits: LIMITS,
  priceUsdPerCall: 0,
  endpoints: [
    {
      name: 'ticker',
      kind: 'market',
      batchMax: 1,
      accepts,
      weight: () => 1,
      request: ticker,
      parse: parseTicker,
    },
    {
      name: 'candles',
      kind: 'bars',
      batchMax: 1,
      accepts,
      weight: () => 1,
      request: candles,
      parse: parseCandles,
    },
  ],
  limitState,
};
