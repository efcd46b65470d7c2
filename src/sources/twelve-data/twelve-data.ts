import type { Source } from '../../core/source.ts';
import { LIMITS, limitState } from './limits.ts';
import { parseQuotes, parseSeries } from './parse.ts';
import { quotesRequest, seriesRequest, seriesWeight } from './request.ts';

/** A batch costs a credit per symbol, and one that costs more than a minute has could never leave. */
const SYMBOLS_MAX = 8;

/** Twelve Data: quotes of stocks and crypto in one call, bars of stocks. Charged in credits. */
export const twelveData: Source = {
  id: 'twelve-data',
  operator: 'twelve-data',
  title: 'Twelve Data',
  defaultBaseUrl: 'https://api.twelvedata.com',
  keys: { apiKey: { env: 'TWELVE_DATA_API_KEY', required: true } },
  options: {},
  limits: LIMITS,
  priceUsdPerCall: 0,
  endpoints: [
    {
      name: 'quotes',
      kind: 'market',
      batchMax: SYMBOLS_MAX,
      accepts: () => true,
      weight: (batch) => batch.length,
      request: quotesRequest,
      parse: parseQuotes,
    },
    {
      name: 'stocks/series',
      kind: 'bars',
      batchMax: 1,
      // Its bars of crypto carry no volume, and a volume that was not received is not made up.
      accepts: ({ assetClass }) => assetClass === 'stock',
      weight: seriesWeight,
      request: seriesRequest,
      parse: parseSeries,
    },
  ],
  limitState,
};
