import type { AssetClass } from '../../core/instrument.ts';
import type { Endpoint, Source } from '../../core/source.ts';
import { LIMITS, limitState } from './limits.ts';
import { parseBars, parseRsi, parseSnapshots } from './parse.ts';
import { barsRequest, OPTION_CHOICES, OPTIONS, rsiRequest, snapshotsRequest } from './request.ts';
import { symbolOf } from './symbol.ts';

/** Tickers in one snapshot: the most that the mixed endpoint documents, kept here so that no URL grows beyond 3 kB. */
const TICKERS_MAX = 250;

/**
 * The v2 snapshots carry the last trade, the quote and the last minute bar in one call per asset class. The mixed
 * /v3/snapshot would save one call of two but has no bar, so every analyst of bars would cost a call per symbol.
 */
function snapshots(name: string, assetClass: AssetClass): Endpoint {
  return {
    name,
    kind: 'market',
    batchMax: TICKERS_MAX,
    accepts: (instrument) => instrument.assetClass === assetClass && symbolOf(instrument) !== null,
    weight: () => 1,
    request: (batch, settings) => snapshotsRequest(assetClass, batch, settings),
    parse: parseSnapshots,
  };
}

/** Massive, formerly Polygon.io: US stocks and crypto, snapshots, bars and its own RSI. */
export const massive: Source = {
  id: 'massive',
  operator: 'massive',
  title: 'Massive (Polygon.io)',
  defaultBaseUrl: 'https://api.massive.com',
  keys: { apiKey: { env: 'MASSIVE_API_KEY', required: true } },
  options: OPTIONS,
  optionChoices: OPTION_CHOICES,
  limits: LIMITS,
  priceUsdPerCall: 0,
  endpoints: [
    snapshots('stocks/snapshots', 'stock'),
    snapshots('crypto/snapshots', 'crypto'),
    {
      name: 'bars',
      kind: 'bars',
      batchMax: 1,
      accepts: (instrument) => symbolOf(instrument) !== null,
      weight: () => 1,
      request: barsRequest,
      parse: parseBars,
    },
    {
      name: 'rsi',
      kind: 'gauge',
      batchMax: 1,
      accepts: (instrument) => symbolOf(instrument) !== null,
      weight: () => 1,
      request: rsiRequest,
      parse: parseRsi,
    },
  ],
  limitState,
};
