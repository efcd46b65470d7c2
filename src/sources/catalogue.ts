import type { Source } from '../core/source.ts';
import { alpaca } from './alpaca/alpaca.ts';
import { fearAndGreed } from './fear-and-greed/fear-and-greed.ts';
import { finnhub } from './finnhub/finnhub.ts';
import { massive } from './massive/massive.ts';
import { perplexity } from './perplexity/perplexity.ts';
import { twelveData } from './twelve-data/twelve-data.ts';
import { xai } from './xai/xai.ts';
import { yahoo } from './yahoo/yahoo.ts';

/** Every provider that comes with Sextant, by id. */
export const SOURCES: Readonly<Record<string, Source>> = Object.fromEntries(
  [alpaca, fearAndGreed, finnhub, massive, perplexity, twelveData, xai, yahoo].map((source) => [source.id, source]),
);
