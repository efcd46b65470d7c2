import type { Source } from '../../core/source.ts';
import { PROMPT_WAIT_MS, SYMBOLS_PER_PROMPT_MAX } from '../model-answer/prompt.ts';
import { LIMITS, limitState } from './limits.ts';
import { parseStances } from './parse.ts';
import { OPTION_CHOICES, OPTIONS, stanceRequest } from './request.ts';

/** Grok's opinion of several instruments per prompt, charged per token and reported to the tick. */
export const xai: Source = {
  id: 'xai',
  operator: 'xai',
  title: 'xAI Grok',
  defaultBaseUrl: 'https://api.x.ai/v1',
  keys: { apiKey: { env: 'XAI_API_KEY', required: true } },
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
