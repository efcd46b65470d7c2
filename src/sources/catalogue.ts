import type { Source } from '../core/source.ts';
import { alpaca } from './alpaca/alpaca.ts';
import { alphaVantage } from './alpha-vantage/alpha-vantage.ts';
import { binance } from './binance/binance.ts';
import { coinbase } from './coinbase/coinbase.ts';
import { coinbaseAdvanced } from './coinbase/coinbase-advanced.ts';
import { coingecko } from './coingecko/coingecko.ts';
import { fearAndGreed } from './fear-and-greed/fear-and-greed.ts';
import { finnhub } from './finnhub/finnhub.ts';
import { kraken } from './kraken/kraken.ts';
import { massive } from './massive/massive.ts';
import { perplexity } from './perplexity/perplexity.ts';
import { twelveData } from './twelve-data/twelve-data.ts';
import { xai } from './xai/xai.ts';
import { yahoo } from './yahoo/yahoo.ts';
import { yahooQuote } from './yahoo/yahoo-quote.ts';

const ALL: readonly Source[] = [
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
  yahooQuote,
];

/** Every provider that comes with Sextant, by id. Without a prototype: the name `constructor` finds nothing. */
export const SOURCES: Readonly<Record<string, Source>> = Object.assign(
  Object.create(null) as object,
  Object.fromEntries(ALL.map((source) => [source.id, source])),
);
