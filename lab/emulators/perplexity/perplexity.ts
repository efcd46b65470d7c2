import { bearerKey } from '../core/formats.ts';
import type { LabLimit } from '../core/limit-gate.ts';
import { readResponses } from '../core/model-request.ts';
import { modelText, tokensOf } from '../core/model-stance.ts';
import type { Call, Plan, Provider, Reply } from '../core/provider.ts';

/** USD per million tokens, and per search. */
const PRICE = { input: 0.25, output: 2.5, search: 0.0025 } as const;
const MODELS: readonly string[] = ['perplexity/sonar'];

/** Perplexity's Agent API (providers.md section 6). Chat completions are gone: 403 with a good key. */
export const perplexity: Provider = {
  id: 'perplexity',
  basePath: '',
  latencyMedianMs: 1_500,
  lagMs: 0,
  plans: { tier0: tier(1, 50), tier1: tier(3, 150), tier3: tier(17, 1_000) },
  routes: [
    { name: 'agent', method: 'POST', path: '/v1/agent', answer: agent },
    { name: 'agent', method: 'POST', path: '/v1/responses', answer: agent },
    { name: 'chat', method: 'POST', path: '/chat/completions', answer: gone },
    { name: 'sonar', method: 'POST', path: '/v1/sonar', answer: gone },
  ],
  key: bearerKey,
  needsKey: () => true,
  refuse(refusal) {
    switch (refusal.kind) {
      case 'limit':
      case 'quota':
      case 'ban': {
        const headers = { 'retry-after': String(Math.max(1, Math.ceil(refusal.retryAfterMs / 1_000))) };
        return {
          ...errorReply(429, 'rate_limit_exceeded', 'Request rate limit exceeded, please try again later.'),
          headers,
        };
      }
      case 'auth':
        return errorReply(401, 'invalid_api_key', 'Invalid API key provided.');
      case 'noRoute':
        return errorReply(404, 'not_found', 'Not found.');
      case 'down':
        return errorReply(500, 'internal_server_error', 'Internal server error.');
    }
  },
};

function tier(perSecond: number, perMinute: number): Plan {
  const shared = { unit: 'requests', refusal: 'limit' } as const;
  const limits: LabLimit[] = [
    { ...shared, name: 'second', max: perSecond, windowMs: 1_000, counting: 'bucket' },
    { ...shared, name: 'minute', max: perMinute, windowMs: 60_000, counting: 'sliding' },
  ];
  return { limits, usdPerMonth: 0 };
}

function errorReply(code: number, type: string, message: string): Reply {
  return { status: code, body: { error: { message, type, code } } };
}

function gone(): Reply {
  const message = 'Chat completions are no longer available. Please migrate to the Agent API.';
  return errorReply(403, 'chat_completions_not_available', message);
}

function agent(call: Call): Reply {
  const asked = readResponses(call.request.body);
  if (asked === null) return errorReply(400, 'invalid_request', 'Invalid request body.');
  if (!MODELS.includes(asked.model)) {
    return errorReply(
      400,
      'invalid_request',
      `Invalid model '${asked.model}'. Permitted models are listed at /v1/models.`,
    );
  }
  const { look } = call;
  const text = modelText(look, asked.data);
  const first = look.subjects[0] ?? '';
  const searches = /"type":"web_search"/.test(call.request.body ?? '') ? 1 : 0;
  const input = tokensOf(asked.instructions + asked.data) + searches * 1_600;
  const output = tokensOf(text);
  const cost = {
    input: micro(input * PRICE.input),
    output: micro(output * PRICE.output),
    tools: searches * PRICE.search,
  };
  const totalUsd = micro((cost.input + cost.output + cost.tools) * 1e6);
  const createdS = Math.floor(look.dataAtMs(first) / 1_000);
  const id = Math.floor(look.chance(first, 10, 1) * 0x1_0000_0000).toString(16);
  return {
    status: 200,
    costUsd: totalUsd,
    body: {
      id: `resp_${id}`,
      object: 'response',
      status: 'completed',
      created_at: createdS,
      completed_at: createdS,
      model: asked.model,
      background: false,
      error: null,
      output: [
        ...(searches > 0 ? [searchResults()] : []),
        {
          type: 'message',
          id: `msg_${id}`,
          role: 'assistant',
          status: 'completed',
          content: [{ type: 'output_text', text, annotations: [] }],
        },
      ],
      usage: {
        input_tokens: input,
        output_tokens: output,
        total_tokens: input + output,
        ...(searches > 0 && {
          tool_calls_details: { search_web: { invocation: searches, cost_usd: cost.tools } },
        }),
        cost: {
          currency: 'USD',
          input_cost: cost.input,
          output_cost: cost.output,
          tool_calls_cost: cost.tools,
          total_cost: totalUsd,
        },
      },
    },
  };
}

function searchResults() {
  return { type: 'search_results', queries: ['market news'], results: [] };
}

/** USD from millionths, cut to what the provider prints. */
function micro(millionths: number): number {
  return Math.round(millionths * 100) / 1e8;
}
