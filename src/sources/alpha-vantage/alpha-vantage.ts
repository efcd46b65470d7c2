import type { Instrument } from '../../core/instrument.ts';
import type { Endpoint, Source } from '../../core/source.ts';
import { LIMITS, limitState } from './limits.ts';
import { parseBars } from './parse-bars.ts';
import { parseExchangeRate, parseQuote } from './parse-market.ts';
import { parseNews } from './parse-news.ts';
import {
  cryptoBarsRequest,
  exchangeRateRequest,
  newsRequest,
  quoteRequest,
  stockBarsRequest,
} from './request.ts';

const FIAT: readonly string[] = ['USD', 'EUR', 'GBP'];

const isStock = ({ assetClass }: Instrument): boolean => assetClass === 'stock';
const isFiatPair = ({ assetClass, quote }: Instrument): boolean =>
  assetClass === 'crypto' && FIAT.includes(quote);

/** Every function answers one symbol and counts as one call. */
const ONE = { batchMax: 1, weight: () => 1 } satisfies Partial<Endpoint>;

/** Alpha Vantage: quotes of the day, rates, intraday bars and scored news, at 25 calls a day for free. */
export const alphaVantage: Source = {
  id: 'alpha-vantage',
  operator: 'alpha-vantage',
  title: 'Alpha Vantage',
  defaultBaseUrl: 'https://www.alphavantage.co',
  keys: { apiKey: { env: 'ALPHAVANTAGE_API_KEY', required: true } },
  options: {},
  limits: LIMITS,
  priceUsdPerCall: 0,
  endpoints: [
    {
      ...ONE,
      name: 'stocks/quote',
      kind: 'market',
      accepts: isStock,
      request: quoteRequest,
      parse: parseQuote,
    },
    {
      ...ONE,
      name: 'crypto/rate',
      kind: 'market',
      accepts: isFiatPair,
      request: exchangeRateRequest,
      parse: parseExchangeRate,
    },
    {
      ...ONE,
      name: 'stocks/intraday',
      kind: 'bars',
      accepts: isStock,
      request: stockBarsRequest,
      parse: parseBars,
    },
    {
      ...ONE,
      name: 'crypto/intraday',
      kind: 'bars',
      accepts: isFiatPair,
      request: cryptoBarsRequest,
      parse: parseBars,
    },
    { ...ONE, name: 'news', kind: 'gauge', accepts: () => true, request: newsRequest, parse: parseNews },
  ],
  limitState,
};
