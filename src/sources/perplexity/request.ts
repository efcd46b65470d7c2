import type { HttpRequest } from '../../core/http.ts';
import type { Question } from '../../core/question.ts';
import type { SourceSettings } from '../../core/source.ts';
import { postJson } from '../model-answer/post-json.ts';
import {
  briefsText,
  outputTokensMax,
  STANCE_INSTRUCTIONS,
  STANCE_SCHEMA,
  STANCE_SCHEMA_NAME,
} from '../model-answer/prompt.ts';

/**
 * `search`: `off`, or how much of the day's web the model may read (`low`, `medium`, `high`) at $0.0025 a search. Off by
 * default: pages that anyone can write should not vote unasked.
 */
export const OPTIONS = { model: 'perplexity/sonar', search: 'off' } as const;

const SEARCH_SIZES: readonly string[] = ['low', 'medium', 'high'];
export const OPTION_CHOICES = { search: ['off', ...SEARCH_SIZES] };

/** The Agent API; chat completions answer 403 since September 2026. */
export function stanceRequest(batch: readonly Question[], settings: SourceSettings): HttpRequest {
  const search = settings.options.search ?? OPTIONS.search;
  const tools = SEARCH_SIZES.includes(search)
    ? [{ type: 'web_search', search_context_size: search, filters: { search_recency_filter: 'day' } }]
    : [];
  return postJson(settings, '/v1/agent', {
    model: settings.options.model ?? OPTIONS.model,
    instructions: STANCE_INSTRUCTIONS,
    input: briefsText(batch),
    max_output_tokens: outputTokensMax(batch.length),
    response_format: {
      type: 'json_schema',
      json_schema: { name: STANCE_SCHEMA_NAME, strict: true, schema: STANCE_SCHEMA },
    },
    ...(tools.length > 0 && { tools }),
    stream: false,
  });
}
