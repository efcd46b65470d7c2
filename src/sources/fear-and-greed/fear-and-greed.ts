import type { Source } from '../../core/source.ts';
import { LIMITS, limitState } from './limits.ts';
import { parseIndex } from './parse.ts';
import { indexRequest } from './request.ts';

/** alternative.me's index of the crypto market's mood, once a day at 00:00 UTC. One call answers for every pair. */
export const fearAndGreed: Source = {
  id: 'fear-and-greed',
  operator: 'alternative.me',
  title: 'Crypto Fear and Greed Index (alternative.me)',
  defaultBaseUrl: 'https://api.alternative.me',
  keys: {},
  options: {},
  limits: LIMITS,
  priceUsdPerCall: 0,
  endpoints: [
    {
      name: 'index',
      kind: 'gauge',
      batchMax: 10_000,
      accepts: ({ assetClass }) => assetClass === 'crypto',
      weight: () => 1,
      request: indexRequest,
      parse: parseIndex,
    },
  ],
  limitState,
};
