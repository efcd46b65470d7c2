import type { Source } from '../../core/source.ts';
import { LIMITS, limitState } from './limits.ts';
import { parseQuote, parseRating } from './parse.ts';
import { quoteRequest, recommendationRequest } from './request.ts';
import { symbolOf } from './symbol.ts';

/** Finnhub: one symbol a call; quotes and the counts of analysts' recommendations. Bars are premium and not asked for. */
export const finnhub: Source = {
  id: 'finnhub',
  operator: 'finnhub',
  title: 'Finnhub',
  defaultBaseUrl: 'https://finnhub.io/api/v1',
  keys: { apiKey: { env: 'FINNHUB_API_KEY', required: true } },
  options: {},
  limits: LIMITS,
  priceUsdPerCall: 0,
  endpoints: [
    {
      name: 'quote',
      kind: 'market',
      batchMax: 1,
      accepts: (instrument) => symbolOf(instrument) !== null,
      weight: () => 1,
      request: quoteRequest,
      parse: parseQuote,
    },
    {
      name: 'recommendation',
      kind: 'rating',
      batchMax: 1,
      accepts: ({ assetClass }) => assetClass === 'stock',
      weight: () => 1,
      request: recommendationRequest,
      parse: parseRating,
    },
  ],
  limitState,
};
