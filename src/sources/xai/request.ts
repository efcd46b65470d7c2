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

export const OPTIONS = { model: 'grok-4.3', api: 'responses' } as const;
export const OPTION_CHOICES = { api: ['responses', 'chat'] };

/** The Responses API unless `api` says `chat`. No tools: a model that can search can be talked to by what it finds. */
export function usesChat(settings: SourceSettings): boolean {
  return settings.options.api === 'chat';
}

export function stanceRequest(batch: readonly Question[], settings: SourceSettings): HttpRequest {
  const model = settings.options.model ?? OPTIONS.model;
  const schema = { name: STANCE_SCHEMA_NAME, strict: true, schema: STANCE_SCHEMA };
  if (usesChat(settings)) {
    return postJson(settings, '/chat/completions', {
      model,
      messages: [
        { role: 'system', content: STANCE_INSTRUCTIONS },
        { role: 'user', content: briefsText(batch) },
      ],
      max_completion_tokens: outputTokensMax(batch.length),
      response_format: { type: 'json_schema', json_schema: schema },
      stream: false,
    });
  }
  return postJson(settings, '/responses', {
    model,
    instructions: STANCE_INSTRUCTIONS,
    input: [{ role: 'user', content: briefsText(batch) }],
    max_output_tokens: outputTokensMax(batch.length),
    text: { format: { type: 'json_schema', ...schema } },
    store: false,
    stream: false,
  });
}
