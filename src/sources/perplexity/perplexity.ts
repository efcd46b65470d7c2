import type { Source } from '../../core/source.ts';
import { PROMPT_WAIT_MS, SYMBOLS_PER_PROMPT_MAX } from '../model-answer/prompt.ts';
import { LIMITS, limitState } from './limits.ts';
import { parseStances } from './parse.ts';
import { OPTION_CHOICES, OPTIONS, stanceRequest } from './request.ts';

/** The opinion of a Perplexity model, with or without a look at the day's web. */
export const perplexity: Source = {
  id: 'perplexity',
  operator: 'perplexity',
  title: 'Perplexity Agent API',
  defaultBaseUrl: 'https://api.perplexity.ai',
  keys: { apiKey: { env: 'PERPLEXITY_API_KEY', required: true } },
  options: OPTIONS,
  optionChoices: OPTION_CHOICES,
  limits: LIMITS,
  priceUsdPerCall: null,
  endpoints: [
    {
      name: 'stances',
      kind: 'stance',
      batchMax: SYMBOLS_PER_PROMPT_MAX,
      batchWaitMs: PROMPT_WAIT_MS,
      accepts: () => true,
      weight: () => 1,
      request: stanceRequest,
      parse: parseStances,
    },
  ],
  limitState,
};
