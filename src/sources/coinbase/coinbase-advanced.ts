import type { Source } from '../../core/source.ts';
import { parseAdvancedCandles, parseAdvancedTicker } from './advanced-parse.ts';
import { advancedCandles, advancedTicker } from './advanced-request.ts';
import { LIMITS, limitState } from './limits.ts';
import { accepts } from './symbols.ts';

/** The public side of Coinbase Advanced Trade: the same books as Exchange, another interface with its own limit. */
export const coinbaseAdvanced: Source = {
  id: 'coinbase-advanced',
  operator: 'coinbase',
  title: 'Coinbase Advanced Trade',
  defaultBaseUrl: 'https://api.coinbase.com/api/v3/brokerage',
  keys: {},
  options: {},
  limits: LIMITS,
  priceUsdPerCall: 0,
  endpoints: [
    {
      name: 'market/ticker',
      kind: 'market',
      batchMax: 1,
      accepts,
      weight: () => 1,
      request: advancedTicker,
      parse: parseAdvancedTicker,
    },
    {
      name: 'market/candles',
      kind: 'bars',
      batchMax: 1,
      accepts,
      weight: () => 1,
      request: advancedCandles,
      parse: parseAdvancedCandles,
    },
  ],
  limitState,
};
