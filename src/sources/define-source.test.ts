import { describe, expect, test } from 'vitest';
import { NO_LIMIT_STATE, type Source } from '../core/source.ts';
import { defineSource, sourceProblems } from './define-source.ts';
import { getRequest } from './door/address.ts';

const mine: Source = {
  id: 'my-source',
  operator: 'me',
  title: 'My source',
  defaultBaseUrl: 'https://api.example.com',
  keys: { apiKey: { env: 'MY_SOURCE_KEY', required: true } },
  options: { feed: 'all' },
  limits: [{ max: 60, windowMs: 60_000, counting: 'sliding' }],
  priceUsdPerCall: 0,
  endpoints: [
    {
      name: 'quotes',
      kind: 'market',
      batchMax: 10,
      accepts: () => true,
      weight: () => 1,
      request: () => getRequest('https://api.example.com/quotes'),
      parse: () => ({ readings: [], reportedCostUsd: null, nextPage: null }),
    },
  ],
  limitState: () => NO_LIMIT_STATE,
};
const [endpoint] = mine.endpoints;

test('a good source is returned as it is', () => {
  expect(defineSource(mine)).toBe(mine);
});

describe('a source is refused', () => {
  test.each<[string, string, unknown]>([
    ['id', 'id', 'My Source'],
    ['id', 'id', ''],
    ['operator', 'operator', ' '],
    ['title', 'title', undefined],
    ['defaultBaseUrl', 'defaultBaseUrl', 'api.example.com'],
    ['defaultBaseUrl', 'defaultBaseUrl', 'http://api.example.com'],
    ['defaultBaseUrl', 'defaultBaseUrl', 'https://user:word@api.example.com'],
    ['defaultBaseUrl', 'defaultBaseUrl', 'https://api.example.com/'],
    ['keys.apiKey.env', 'keys', { apiKey: { env: 'my key', required: true } }],
    ['keys.apiKey.required', 'keys', { apiKey: { env: 'KEY' } }],
    ['options.feed', 'options', { feed: 1 }],
    ['optionChoices.feed', 'optionChoices', { feed: ['some', 'none'] }],
    ['optionChoices.plan', 'optionChoices', { plan: ['free'] }],
    ['limits', 'limits', []],
    ['limits[0].max', 'limits', [{ max: 0, windowMs: 1, counting: 'fixed' }]],
    ['limits[0].windowMs', 'limits', [{ max: 1, windowMs: 0.5, counting: 'fixed' }]],
    ['limits[0].counting', 'limits', [{ max: 1, windowMs: 1, counting: 'rolling' }]],
    ['priceUsdPerCall', 'priceUsdPerCall', -1],
    ['priceUsdPerCall', 'priceUsdPerCall', Number.NaN],
    ['endpoints', 'endpoints', []],
    ['endpoints[0].name', 'endpoints', [{ ...endpoint, name: '' }]],
    ['endpoints[0].kind', 'endpoints', [{ ...endpoint, kind: 'constructor' }]],
    ['endpoints[0].batchMax', 'endpoints', [{ ...endpoint, batchMax: 0 }]],
    ['endpoints[0].parse', 'endpoints', [{ ...endpoint, parse: undefined }]],
    ['endpoints[1].name', 'endpoints', [endpoint, endpoint]],
    ['limitState', 'limitState', undefined],
  ])('for its %s when %s is %j', (path, member, value) => {
    expect(sourceProblems({ ...mine, [member]: value }).map((problem) => problem.path)).toEqual([path]);
  });

  test('with everything that is wrong, what was found and what to write', () => {
    const bad = { ...mine, id: 'Mine!', endpoints: [{ ...endpoint, batchMax: 0 }] } as Source;
    expect(() => defineSource(bad)).toThrow(
      'source "Mine!" cannot be used:\n' +
        '  id is "Mine!": use lower-case letters, digits and dashes, such as my-source\n' +
        '  endpoints[0].batchMax is 0: write how many questions fit into one request, 1 or more',
    );
  });
});
