import type { Source } from '../../core/source.ts';
import { LIMITS, limitState } from './limits.ts';
import { parseSimplePrice } from './parse.ts';
import { OPTION_CHOICES, OPTIONS, simplePrice } from './request.ts';
import { accepts } from './symbols.ts';

/** Only the address bounds the list; the longest of these stays well below it. */
const COINS_MAX = 100;

/**
 * Prices averaged over many exchanges, about a minute old. No bars: its candles come in steps of half an hour or more,
 * without volume.
 */
export const coingecko: Source = {
  id: 'coingecko',
  operator: 'coingecko',
  title: 'CoinGecko',
  defaultBaseUrl: 'https://api.coingecko.com/api/v3',
  keys: { apiKey: { env: 'COINGECKO_API_KEY', required: false } },
  options: OPTIONS,
  optionChoices: OPTION_CHOICES,
  limits: LIMITS,
  priceUsdPerCall: 0,
  endpoints: [
    {
      name: 'simple/price',
      kind: 'market',
      batchMax: COINS_MAX,
      accepts,
      weight: () => 1,
      request: simplePrice,
      parse: parseSimplePrice,
    },
  ],
  limitState,
};
