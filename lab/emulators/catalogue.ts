import { alpaca } from './alpaca/alpaca.ts';
import { binance } from './binance/binance.ts';
import { coinbase } from './coinbase/coinbase.ts';
import type { Provider } from './core/provider.ts';
import { xai } from './xai/xai.ts';
import { yahoo } from './yahoo/yahoo.ts';

/** Every provider the lab can play, by id. */
export const PROVIDERS: Readonly<Record<string, Provider>> = Object.fromEntries(
  [alpaca, yahoo, binance, coinbase, xai].map((provider) => [provider.id, provider]),
);
