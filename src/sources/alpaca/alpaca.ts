import type { Source } from '../../core/source.ts';
import { LIMITS, limitState } from './limits.ts';
import { parseBars, parseCryptoSnapshots, parseStockSnapshots } from './parse.ts';
import {
  cryptoBars,
  cryptoSnapshots,
  OPTION_CHOICES,
  OPTIONS,
  stockBars,
  stockSnapshots,
} from './request.ts';
import { isCrypto, isStock } from './symbols.ts';

/** No maximum is documented; this many keep the address far below any server's bound. */
const SYMBOLS_MAX = 100;

/** US stocks and crypto, whole lists per call. */
export const alpaca: Source = {
  id: 'alpaca',
  operator: 'alpaca',
  title: 'Alpaca Market Data',
  defaultBaseUrl: 'https://data.alpaca.markets',
  keys: {
    keyId: { env: 'APCA_API_KEY_ID', required: true },
    secret: { env: 'APCA_API_SECRET_KEY', required: true },
  },
  options: OPTIONS,
  optionChoices: OPTION_CHOICES,
  limits: LIMITS,
  priceUsdPerCall: 0,
  endpoints: [
    {
      name: 'stocks/snapshots',
      kind: 'market',
      batchMax: SYMBOLS_MAX,
      accepts: isStock,
      weight: () => 1,
      request: stockSnapshots,
      parse: parseStockSnapshots,
    },
    {
      name: 'crypto/snapshots',
      kind: 'market',
      batchMax: SYMBOLS_MAX,
      accepts: isCrypto,
      weight: () => 1,
      request: cryptoSnapshots,
      parse: parseCryptoSnapshots,
    },
    {
      name: 'stocks/bars',
      kind: 'bars',
      batchMax: SYMBOLS_MAX,
      accepts: isStock,
      weight: () => 1,
      request: stockBars,
      parse: parseBars,
    },
    {
      name: 'crypto/bars',
      kind: 'bars',
      batchMax: SYMBOLS_MAX,
      accepts: isCrypto,
      weight: () => 1,
      request: cryptoBars,
      parse: parseBars,
    },
  ],
  limitState,
};
