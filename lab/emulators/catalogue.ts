import { alpaca } from './alpaca/alpaca.ts';
import { alphaVantage } from './alpha-vantage/alpha-vantage.ts';
import { binance } from './binance/binance.ts';
import { coinbase } from './coinbase/coinbase.ts';
import { coinbaseAdvanced } from './coinbase/coinbase-advanced.ts';
import { coingecko } from './coingecko/coingecko.ts';
import type { Provider } from './core/provider.ts';
import { fearAndGreed } from './fear-and-greed/fear-and-greed.ts';
import { finnhub } from './finnhub/finnhub.ts';
import { kraken } from './kraken/kraken.ts';
import { massive } from './massive/massive.ts';
import { perplexity } from './perplexity/perplexity.ts';
import { twelveData } from './twelve-data/twelve-data.ts';
import { xai } from './xai/xai.ts';
import { yahoo } from './yahoo/yahoo.ts';

const ALL: readonly Provider[] = [
  alpaca,
  alphaVantage,
  binance,
  coinbase,
  coinbaseAdvanced,
  coingecko,
  fearAndGreed,
  finnhub,
  kraken,
  massive,
  perplexity,
  twelveData,
  xai,
  yahoo,
  /** The addresses behind a browser session: the same provider, asked under another source id. */
  { ...yahoo, id: 'yahoo-quote' },
];

/** Every provider the lab can play, by id. */
export const PROVIDERS: Readonly<Record<string, Provider>> = Object.fromEntries(
  ALL.map((provider) => [provider.id, provider]),
);
