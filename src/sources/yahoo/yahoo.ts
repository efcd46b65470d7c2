import type { Source } from '../../core/source.ts';
import { LIMITS, limitState } from './limits.ts';
import { parseChartBars, parseChartQuote } from './parse.ts';
import { chartBars, chartQuote } from './request.ts';
import { accepts } from './symbols.ts';

/** Yahoo's chart address: keyless, one symbol per call, quote and minute bars together. */
export const yahoo: Source = {
  id: 'yahoo',
  operator: 'yahoo',
  title: 'Yahoo Finance',
  defaultBaseUrl: 'https://query1.finance.yahoo.com',
  keys: {},
  options: {},
  limits: LIMITS,
  priceUsdPerCall: 0,
  endpoints: [
    {
      name: 'chart/quote',
      kind: 'market',
      batchMax: 1,
      accepts,
      weight: () => 1,
      request: chartQuote,
      parse: parseChartQuote,
    },
    {
      name: 'chart/bars',
      kind: 'bars',
      batchMax: 1,
      accepts,
      weight: () => 1,
      request: chartBars,
      parse: parseChartBars,
    },
  ],
  limitState,
};
