import { describe, expect, test } from 'vitest';
import type { RecordedAnswer } from '../../../test/data.ts';
import { endpointOf, responseOf, settingsOf, stanceQuestion, verdicts } from '../exchange.testing.ts';
import { CREATED_AT_S, chatBody, responsesBody, stancesText } from '../model-answer/answers.testing.ts';
import { describeRecorded, recordedResponse } from '../recorded.testing.ts';
import { describeTorture } from '../torture.testing.ts';
import { xai } from './xai.ts';

const stances = endpointOf(xai, 'stances');
const settings = settingsOf(xai);
const chat = settingsOf(xai, { api: 'chat' });
const batch = [stanceQuestion('AAPL'), stanceQuestion('BTC-USD')];
const usage = { input_tokens: 400, output_tokens: 300, cost_in_usd_ticks: 37_756_000 };

type ResponsesRequest = {
  readonly instructions: string;
  readonly input: readonly { readonly content: string }[];
  readonly text: { readonly format: unknown };
  readonly tools?: unknown;
};

describe('a prompt to xAI', () => {
  test('asks the Responses API for JSON, with the figures apart from the instructions', () => {
    const request = stances.request(batch, settings, null);
    const body = JSON.parse(request.body ?? '') as ResponsesRequest;
    expect(request.url).toBe('https://api.x.ai/v1/responses');
    expect(request.headers.authorization).toBe('Bearer canary-apiKey-7f3a');
    expect(body).toMatchObject({ model: 'grok-4.3', store: false, stream: false });
    expect(body.text.format).toMatchObject({ type: 'json_schema', name: 'stances', strict: true });
    expect(body.tools).toBeUndefined();
    expect(JSON.parse(body.input[0]?.content ?? '')).toMatchObject({
      instruments: [{ symbol: 'AAPL' }, { symbol: 'BTC-USD', assetClass: 'crypto', price: 271.34 }],
    });
    expect(body.instructions).toContain('is data');
    expect(request.body).not.toContain('canary');
  });

  test('goes to chat completions when the option says so', () => {
    const request = stances.request(batch, chat, null);
    const body: unknown = JSON.parse(request.body ?? '');
    expect(request.url).toBe('https://api.x.ai/v1/chat/completions');
    expect(body).toMatchObject({
      messages: [{ role: 'system' }, { role: 'user' }],
      response_format: { json_schema: { name: 'stances', strict: true } },
    });
    expect(body).not.toHaveProperty('search_parameters');
  });
});

describe('an answer of xAI', () => {
  test('gives stances, the moment of the answer and the exact charge', () => {
    const parsed = stances.parse(
      responseOf(responsesBody(stancesText('AAPL', 'BTC-USD'), { usage })),
      batch,
      settings,
    );
    expect(verdicts(parsed.readings)).toEqual(['ok', 'ok']);
    expect(parsed.reportedCostUsd).toBeCloseTo(0.0037756, 12);
    expect(parsed.readings[0]).toMatchObject({
      view: { stance: 'buy', confidence: 0.55, eventAtMs: CREATED_AT_S * 1000 },
    });
    expect(parsed.readings[1]).toMatchObject({ view: { stance: 'sell', confidence: 0.65 } });
  });

  test('gives the same out of a chat completion', () => {
    const parsed = stances.parse(responseOf(chatBody(stancesText('AAPL', 'BTC-USD'))), batch, chat);
    expect(verdicts(parsed.readings)).toEqual(['ok', 'ok']);
    expect(parsed.reportedCostUsd).toBeCloseTo(0.0011906, 12);
  });

  test.each([
    ['cut off', { status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } }, 'badPayload'],
    ['still running', { status: 'in_progress' }, 'badPayload'],
    ['failed', { status: 'failed', error: { code: 'server_error', message: 'x' } }, 'down'],
    ['without a message', { output: [{ type: 'function_call', name: 'x', arguments: '{}' }] }, 'badPayload'],
    [
      'with half a message',
      { output: [{ type: 'message', status: 'incomplete', content: [{ type: 'output_text', text: '{}' }] }] },
      'badPayload',
    ],
    [
      'refused by the model',
      { output: [{ type: 'message', status: 'completed', content: [{ type: 'refusal', refusal: 'No.' }] }] },
      'noData',
    ],
    ['without its time', { created_at: null }, 'badPayload'],
    ['in milliseconds', { created_at: CREATED_AT_S * 1000 }, 'badPayload'],
    ['of another kind', { object: 'chat.completion' }, 'badPayload'],
  ])('%s is refused, and its charge still counted', (_name, fields, expected) => {
    const body = responsesBody(stancesText('AAPL', 'BTC-USD'), { usage, ...fields });
    const parsed = stances.parse(responseOf(body), batch, settings);
    expect(verdicts(parsed.readings)).toEqual([expected, expected]);
    expect(parsed.reportedCostUsd).toBeCloseTo(0.0037756, 12);
  });

  test.each([
    ['cut off', { finish_reason: 'length' }, 'badPayload'],
    ['a tool call', { finish_reason: 'tool_calls', message: { content: '', refusal: null } }, 'badPayload'],
    ['a refusal', { message: { content: null, refusal: 'No.' } }, 'noData'],
    ['empty', { message: { content: '', refusal: null } }, 'badPayload'],
  ])('a chat completion that is %s is refused', (_name, choice, expected) => {
    const parsed = stances.parse(responseOf(chatBody(stancesText('AAPL'), choice)), batch, chat);
    expect(verdicts(parsed.readings)).toEqual([expected, expected]);
  });

  test('a negative charge is no charge', () => {
    const body = responsesBody(stancesText('AAPL'), { usage: { cost_in_usd_ticks: -5 } });
    expect(stances.parse(responseOf(body), batch, settings).reportedCostUsd).toBeNull();
  });
});

describe('an error of xAI', () => {
  const argument = 'Client specified an invalid argument';
  const badKey =
    'Incorrect API key provided: canary-apiKey-7f3a. You can obtain an API key from https://console.x.ai.';
  const gone = 'Live search is deprecated. Please switch to the Agent Tools API';
  test.each([
    [400, { code: argument, error: badKey }, 'auth'],
    [400, { error: { message: badKey, type: 'invalid_request_error', param: null, code: null } }, 'auth'],
    [400, { code: argument, error: 'response_format is malformed' }, 'badRequest'],
    [401, { code: 'unauthenticated', error: 'No credentials.' }, 'auth'],
    [403, { code: 'denied', error: 'Your team has used all available credits' }, 'quota'],
    [403, { code: 'denied', error: 'This model is not for your team' }, 'auth'],
    [404, { code: 'not-found', error: 'The model grok-1 does not exist' }, 'badRequest'],
    [410, { code: 'gone', error: gone }, 'badRequest'],
    [429, { code: 'Some resource has been exhausted', error: 'Too many requests' }, 'limit'],
    [
      429,
      { error: { message: 'Rate limit exceeded', type: 'rate_limit', param: null, code: null } },
      'limit',
    ],
    [429, { code: 'exhausted', error: 'your monthly spending limit is reached' }, 'quota'],
    [503, 'upstream connect error', 'down'],
    [200, 'data: {"object":"chat.completion.chunk"}\n\ndata: [DONE]\n\n', 'badPayload'],
    [200, { error: { message: 'no', type: 'x', param: null, code: null } }, 'badPayload'],
  ])('%i %j is %3$s', (status, body, expected) => {
    const { readings } = stances.parse(responseOf(body, status, { 'retry-after': '7' }), batch, settings);
    expect(verdicts(readings)).toEqual([expected, expected]);
    expect(JSON.stringify(readings)).not.toContain('canary');
    if (expected === 'limit') expect(readings[0]).toMatchObject({ failure: { retryAfterMs: 7_000 } });
  });
});

test('the headers tell the allowance of requests', () => {
  const headers = {
    'x-ratelimit-limit-requests': '1800',
    'x-ratelimit-remaining-requests': '1799',
    'x-ratelimit-remaining-tokens': '9997955',
  };
  expect(xai.limitState(responseOf({}, 200, headers))).toMatchObject({ max: 1800, remaining: 1799 });
});

/** Text of the model's message, found in the raw body by its neighbours instead of by walking the tree. */
function rawText(body: string): string | null {
  const found = /"(?:type": ?"output_text",\s*"text|content)": ?("(?:[^"\\]|\\.)*")/.exec(body)?.[1];
  return found === undefined ? null : (JSON.parse(found) as string);
}

/** No recorded answer holds stances, so each is judged twice: as it is, and with our text in its envelope. */
function judge(answer: RecordedAnswer) {
  const response = recordedResponse(answer);
  const own = answer.request.url.endsWith('/chat/completions') ? chat : settings;
  const asIs = stances.parse(response, batch, own);
  const wrong: string[] = [];
  if (asIs.readings.some(({ kind }) => kind === 'ok')) wrong.push('a stance out of an answer without any');
  const ticks = /"cost_in_usd_ticks": ?(\d+)/.exec(response.body)?.[1];
  const isDocument = response.body.trimStart().startsWith('{');
  const costUsd = ticks !== undefined && isDocument ? Number(ticks) / 1e10 : null;
  if (asIs.reportedCostUsd !== costUsd) wrong.push(`cost ${asIs.reportedCostUsd} instead of ${costUsd}`);

  const text = isDocument ? rawText(response.body) : null;
  if (!text) return { readings: asIs.readings, wrong };
  const body = response.body.replace(JSON.stringify(text), JSON.stringify(stancesText('AAPL', 'BTC-USD')));
  const { readings } = stances.parse({ ...response, body }, batch, own);
  const createdAtS = Number(/"created(?:_at)?": ?(\d+)/.exec(body)?.[1]);
  for (const reading of readings) {
    const at = reading.kind === 'ok' && reading.view.kind === 'stance' ? reading.view.eventAtMs : null;
    if (at !== createdAtS * 1000) wrong.push(`time ${at} instead of ${createdAtS} s`);
  }
  return { readings, wrong };
}

describeRecorded('xai', judge);

describeTorture('xai', [
  {
    name: 'responses',
    endpoint: stances,
    batch,
    settings,
    response: responseOf(responsesBody(stancesText('AAPL', 'BTC-USD'), { usage })),
  },
  {
    name: 'chat completions',
    endpoint: stances,
    batch,
    settings: chat,
    response: responseOf(chatBody(stancesText('AAPL', 'BTC-USD'))),
  },
]);
