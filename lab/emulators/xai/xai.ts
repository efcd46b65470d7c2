import { bearerKey } from '../core/formats.ts';
import { type ModelRequest, readChat, readResponses } from '../core/model-request.ts';
import { modelText, tokensOf } from '../core/model-stance.ts';
import type { Call, Plan, Provider, Reply } from '../core/provider.ts';

/** USD per million tokens. */
type Price = { readonly input: number; readonly cached: number; readonly output: number };

const GROK_4_5: Price = { input: 2, cached: 0.5, output: 6 };
const PRICES: Readonly<Record<string, Price>> = {
  'grok-4.7': GROK_4_5,
  'grok-4.6': GROK_4_5,
  'grok-4.5': GROK_4_5,
  'grok-4.3': { input: 1.25, cached: 0.2, output: 2.5 },
  'grok-4-1-fast': { input: 0.2, cached: 0.05, output: 0.5 },
};
const TICKS_PER_USD = 1e10;

/** xAI Grok: Responses and chat completions, billed per token (providers.md section 5). A bad key is a 400. */
export const xai: Provider = {
  id: 'xai',
  basePath: '/v1',
  latencyMedianMs: 400,
  lagMs: 0,
  plans: { tier0: perSecond(30), tier4: perSecond(500) },
  routes: [
    { name: 'responses', method: 'POST', path: '/responses', answer: responses },
    { name: 'chat', method: 'POST', path: '/chat/completions', answer: chat },
  ],
  key: bearerKey,
  needsKey: () => true,
  refuse(refusal) {
    switch (refusal.kind) {
      case 'limit':
      case 'quota':
      case 'ban':
        return {
          status: 429,
          body: {
            code: 'Some resource has been exhausted',
            error: 'Too many requests for team. Requests per Second limit reached.',
          },
        };
      case 'auth': {
        const shown = refusal.key === null ? '' : `: ${refusal.key.slice(0, 2)}***${refusal.key.slice(-2)}`;
        const error = `Incorrect API key provided${shown}. You can obtain an API key from https://console.x.ai.`;
        return { status: 400, body: { code: 'Client specified an invalid argument', error } };
      }
      case 'noRoute':
        return { status: 404, body: { code: 'The requested resource was not found', error: 'Not found' } };
      case 'down':
        return {
          status: 503,
          body: { code: 'The service is currently unavailable', error: 'Service temporarily unavailable.' },
        };
    }
  },
  headers([second]) {
    return {
      'x-ratelimit-limit-requests': String((second?.limit.max ?? 0) * 60),
      'x-ratelimit-remaining-requests': String((second?.remaining ?? 0) * 60),
    };
  },
};

function perSecond(max: number): Plan {
  return {
    limits: [
      { name: 'second', max, windowMs: 1_000, counting: 'sliding', unit: 'requests', refusal: 'limit' },
    ],
    usdPerMonth: 0,
  };
}

type Usage = {
  readonly input: number;
  readonly cached: number;
  readonly output: number;
  readonly reasoning: number;
  readonly costTicks: number;
};
type Spoken = {
  readonly text: string;
  readonly usage: Usage;
  readonly createdS: number;
  readonly id: string;
};

function speak(call: Call, asked: ModelRequest, price: Price): Spoken {
  const text = modelText(call.look, asked.data);
  const first = call.look.subjects[0] ?? '';
  const reasoning = 80 + Math.floor(240 * call.look.chance(first, 9, 1_000));
  const input = tokensOf(asked.instructions + asked.data);
  const cached = Math.min(input, Math.floor(tokensOf(asked.instructions) / 64) * 64);
  const output = tokensOf(text);
  const ticks =
    ((input - cached) * price.input + cached * price.cached + (output + reasoning) * price.output) * 1e4;
  return {
    text,
    usage: { input, cached, output, reasoning, costTicks: Math.round(ticks) },
    createdS: Math.floor(call.look.dataAtMs(first) / 1_000),
    id: `lab-${Math.floor(call.look.chance(first, 10, 1) * 0x1_0000_0000).toString(16)}`,
  };
}

function answered(
  call: Call,
  asked: ModelRequest | null,
  body: (spoken: Spoken, model: string) => unknown,
): Reply {
  if (asked === null) {
    return {
      status: 422,
      body: {
        code: 'Client specified an invalid argument',
        error: 'Failed to deserialize the JSON body into the target type',
      },
    };
  }
  if (asked.liveSearch) {
    const error =
      'Live search is deprecated. Please switch to the Agent Tools API: https://docs.x.ai/docs/guides/tools/overview';
    return { status: 410, body: { code: 'Gone', error } };
  }
  const price = PRICES[asked.model];
  if (price === undefined) {
    const error = `The model ${asked.model} does not exist or your team does not have access to it.`;
    return { status: 404, body: { code: 'Some requested entity was not found', error } };
  }
  const spoken = speak(call, asked, price);
  return { status: 200, body: body(spoken, asked.model), costUsd: spoken.usage.costTicks / TICKS_PER_USD };
}

function chat(call: Call): Reply {
  return answered(call, readChat(call.request.body), ({ text, usage, createdS, id }, model) => ({
    id,
    object: 'chat.completion',
    created: createdS,
    model,
    choices: [
      { index: 0, message: { role: 'assistant', content: text, refusal: null }, finish_reason: 'stop' },
    ],
    usage: {
      prompt_tokens: usage.input,
      completion_tokens: usage.output,
      total_tokens: usage.input + usage.output + usage.reasoning,
      prompt_tokens_details: {
        text_tokens: usage.input,
        audio_tokens: 0,
        image_tokens: 0,
        cached_tokens: usage.cached,
      },
      completion_tokens_details: { reasoning_tokens: usage.reasoning, audio_tokens: 0 },
      num_sources_used: 0,
      cost_in_usd_ticks: usage.costTicks,
    },
    system_fingerprint: 'fp_lab',
  }));
}

function responses(call: Call): Reply {
  return answered(call, readResponses(call.request.body), ({ text, usage, createdS, id }, model) => ({
    id,
    object: 'response',
    created_at: createdS,
    completed_at: createdS,
    status: 'completed',
    error: null,
    incomplete_details: null,
    model,
    output: [
      { id: `rs_${id}`, type: 'reasoning', summary: [], status: 'completed' },
      {
        id: `msg_${id}`,
        type: 'message',
        role: 'assistant',
        status: 'completed',
        content: [{ type: 'output_text', text, logprobs: [], annotations: [] }],
      },
    ],
    usage: {
      input_tokens: usage.input,
      input_tokens_details: { cached_tokens: usage.cached },
      output_tokens: usage.output + usage.reasoning,
      output_tokens_details: { reasoning_tokens: usage.reasoning },
      total_tokens: usage.input + usage.output + usage.reasoning,
      num_server_side_tools_used: 0,
      cost_in_usd_ticks: usage.costTicks,
    },
  }));
}
