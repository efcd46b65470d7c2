import type { Source } from '../core/source.ts';
import { alpaca } from './alpaca/alpaca.ts';
import { alphaVantage } from './alpha-vantage/alpha-vantage.ts';
import { fearAndGreed } from './fear-and-greed/fear-and-greed.ts';
import { finnhub } from './finnhub/finnhub.ts';
import { massive } from './massive/massive.ts';
import { perplexity } from './perplexity/perplexity.ts';
import { twelveData } from './twelve-data/twelve-data.ts';
import { xai } from './xai/xai.ts';
import { yahoo } from './yahoo/yahoo.ts';

const ALL: readonly Source[] = [
  alpaca,
  alphaVantage,
  fearAndGreed,
  finnhub,
  massive,
  perplexity,
  twelveData,
  xai,
  yahoo,
];

/** Every provider that comes with Sextant, by id. Without a prototype: the name `constructor` finds nothing. */
export const SOURCES: Readonly<Record<string, Source>> = Object.assign(
  Object.create(null),
  Object.fromEntries(ALL.map((source) => [source.id, source])),
);
