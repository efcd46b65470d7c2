import type { Source } from '../../core/source.ts';
import { LIMITS, limitState } from './limits.ts';
import { parseQuotes } from './parse-quotes.ts';
import { parseRatings } from './parse-ratings.ts';
import { quoteList, recommendations } from './request-session.ts';
import { accepts, isStock } from './symbols.ts';

/** More are taken, but none is promised. */
const SYMBOLS_MAX = 50;

/**
 * Yahoo's addresses behind a browser session: whole lists of quotes per call, and analyst ratings. `cookie` is the A3
 * cookie of fc.yahoo.com, `crumb` the text of /v1/test/getcrumb fetched with it; one belongs to the other.
 */
export const yahooQuote: Source = {
  id: 'yahoo-quote',
  operator: 'yahoo',
  title: 'Yahoo Finance with a session',
  defaultBaseUrl: 'https://query1.finance.yahoo.com',
  keys: {
    crumb: { env: 'YAHOO_CRUMB', required: true },
    cookie: { env: 'YAHOO_COOKIE', required: true },
  },
  options: {},
  limits: LIMITS,
  priceUsdPerCall: 0,
  endpoints: [
    {
      name: 'quote',
      kind: 'market',
      batchMax: SYMBOLS_MAX,
      accepts,
      weight: () => 1,
      request: quoteList,
      parse: parseQuotes,
    },
    {
      name: 'recommendations',
      kind: 'rating',
      batchMax: 1,
      accepts: isStock,
      weight: () => 1,
      request: recommendations,
      parse: parseRatings,
    },
  ],
  limitState,
};
