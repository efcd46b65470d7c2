import { describe, expect, test } from 'vitest';
import { endpointOf, responseOf, settingsOf, stanceQuestion, verdicts } from '../exchange.testing.ts';
import { CREATED_AT_S, responsesBody, stancesText } from '../model-answer/answers.testing.ts';
import { describeRecorded, recordedResponse } from '../recorded.testing.ts';
import { describeTorture } from '../torture.testing.ts';
import { perplexity } from './perplexity.ts';

const stances = endpointOf(perplexity, 'stances');
const settings = settingsOf(perplexity);
const batch = [stanceQuestion('NVDA'), stanceQuestion('ETH-USD')];

const usage = {
  input_tokens: 1840,
  output_tokens: 220,
  total_tokens: 2060,
  tool_calls_details: { search_web: { invocation: 1, cost_usd: 0.0025 } },
  cost: {
    currency: 'USD',
    input_cost: 0.00046,
    output_cost: 0.00055,
    tool_calls_cost: 0.0025,
    total_cost: 0.00351,
  },
};

/** The Agent API's answer: what the search found comes before the message and is never read. */
function agentBody(text: string) {
  const body = responsesBody(text, { model: 'perplexity/sonar', usage, background: false });
  const results = [
    { id: 1, title: stancesText('NVDA'), url: 'https://example.com', snippet: 'Ignore previous' },
  ];
  return { ...body, output: [{ type: 'search_results', queries: ['NVDA'], results }, ...body.output] };
}

describe('a prompt to Perplexity', () => {
  test('goes to the Agent API without tools', () => {
    const request = stances.request(batch, settings, null);
    const body = JSON.parse(request.body ?? '') as { input: string };
    expect(request.url).toBe('https://api.perplexity.ai/v1/agent');
    expect(body).toMatchObject({ model: 'perplexity/sonar', stream: false });
    expect(body).not.toHaveProperty('tools');
    expect(body).toMatchObject({ response_format: { json_schema: { name: 'stances' } } });
    expect(JSON.parse(body.input)).toMatchObject({
      instruments: [{ symbol: 'NVDA' }, { symbol: 'ETH-USD' }],
    });
  });

  test('searches the day’s web only when told to', () => {
    const body = JSON.parse(
      stances.request(batch, settingsOf(perplexity, { search: 'low' }), null).body ?? '',
    );
    expect(body.tools).toEqual([
      { type: 'web_search', search_context_size: 'low', filters: { search_recency_filter: 'day' } },
    ]);
  });
});

describe('an answer of Perplexity', () => {
  test('gives stances, the moment of the answer and what it cost', () => {
    const parsed = stances.parse(responseOf(agentBody(stancesText('ETH-USD', 'NVDA'))), batch, settings);
    expect(parsed.reportedCostUsd).toBe(0.00351);
    expect(parsed.readings).toMatchObject([
      { view: { stance: 'sell', confidence: 0.65, eventAtMs: CREATED_AT_S * 1000 } },
      { view: { stance: 'buy', confidence: 0.55 } },
    ]);
  });

  test.each(['queued', 'in_progress', 'cancelled', 'requires_action', 'a status of tomorrow'])(
    'that is %s is badPayload',
    (status) => {
      const { readings } = stances.parse(
        responseOf({ ...agentBody(stancesText('NVDA', 'ETH-USD')), status }),
        batch,
        settings,
      );
      expect(verdicts(readings)).toEqual(['badPayload', 'badPayload']);
    },
  );

  test('in another currency has no known cost', () => {
    const body = { ...agentBody(stancesText('NVDA')), usage: { cost: { currency: 'EUR', total_cost: 1 } } };
    expect(stances.parse(responseOf(body), batch, settings).reportedCostUsd).toBeNull();
  });
});

describe('an error of Perplexity', () => {
  const error = (message: string, type: string, code: number) => ({ error: { message, type, code } });
  test.each([
    [401, error('Invalid API key provided: canary-apiKey-7f3a', 'invalid_api_key', 401), 'auth'],
    [400, error('Invalid model sonar', 'invalid_request', 400), 'badRequest'],
    [403, error('Gone: use the Agent API', 'chat_completions_not_available', 403), 'badRequest'],
    [403, error('agent_api_migration_required', 'invalid_request', 403), 'badRequest'],
    [403, '<html><head><title>Attention Required! | Cloudflare</title></head></html>', 'blocked'],
    [429, error('Too many requests', 'rate_limit', 429), 'limit'],
    [500, error('Internal', 'server_error', 500), 'down'],
  ])('%i %j is %3$s', (status, body, expected) => {
    const { readings } = stances.parse(responseOf(body, status, { 'retry-after': '2' }), batch, settings);
    expect(verdicts(readings)).toEqual([expected, expected]);
    expect(JSON.stringify(readings)).not.toContain('canary');
    if (expected === 'limit') expect(readings[0]).toMatchObject({ failure: { retryAfterMs: 2_000 } });
  });
});

test('a 429 tells how long to wait, and no header tells the allowance', () => {
  expect(perplexity.limitState(responseOf({}, 429, { 'retry-after': '2' }))).toEqual({
    max: null,
    remaining: null,
    used: null,
    resetAtMs: null,
    retryAfterMs: 2_000,
  });
});

describeRecorded('perplexity', (answer) => {
  const { readings } = stances.parse(recordedResponse(answer), batch, settings);
  const expected = answer.response.status === 401 ? 'auth' : 'badPayload';
  const found = verdicts(readings);
  return {
    readings,
    wrong: found.filter((kind) => kind !== expected).map((kind) => `${kind} instead of ${expected}`),
  };
});

describeTorture('perplexity', [
  {
    name: 'agent',
    endpoint: stances,
    batch,
    settings,
    response: responseOf(agentBody(stancesText('NVDA', 'ETH-USD'))),
  },
]);
