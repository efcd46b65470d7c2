import type { Source } from '../../core/source.ts';
import { LIMITS, limitState } from './limits.ts';
import { parseOhlc, parseTicker } from './parse.ts';
import { ohlc, ticker } from './request.ts';
import { accepts } from './symbols.ts';

/** No maximum is documented; this many keep the address short. */
const PAIRS_MAX = 50;

/** Kraken spot: keyless, many pairs per call, quotes without a time. */
export const kraken: Source = {
  id: 'kraken',
  operator: 'kraken',
  title: 'Kraken',
  defaultBaseUrl: 'https://api.kraken.com',
  keys: {},
  options: {},
  limits: LIMITS,
  priceUsdPerCall: 0,
  endpoints: [
    {
      name: 'Ticker',
      kind: 'market',
      batchMax: PAIRS_MAX,
      accepts,
      weight: () => 1,
      request: ticker,
      parse: parseTicker,
    },
    {
      name: 'OHLC',
      kind: 'bars',
      batchMax: 1,
      accepts,
      weight: () => 1,
      request: ohlc,
      parse: parseOhlc,
    },
  ],
  limitState,
};
