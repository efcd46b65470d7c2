import { describe, expect, test } from 'vitest';
import { responseOf } from '../exchange.testing.ts';
import { httpFailure, kindOfStatus } from './http-failure.ts';

const settings = { baseUrl: 'https://api.example.com', keys: { apiKey: 'canary-1' }, options: {} };

describe('a status', () => {
  test.each([
    [204, 'noData'],
    [301, 'redirect'],
    [304, 'noData'],
    [400, 'badRequest'],
    [401, 'auth'],
    [402, 'quota'],
    [403, 'auth'],
    [404, 'badRequest'],
    [418, 'limit'],
    [429, 'limit'],
    [451, 'blocked'],
    [500, 'down'],
    [503, 'down'],
    [529, 'down'],
  ])('%i means %s', (status, kind) => {
    expect(kindOfStatus(status)).toBe(kind);
    expect(httpFailure(responseOf('{}', status), settings)?.kind).toBe(kind);
  });

  test('may mean something else at one provider', () => {
    const reason = httpFailure(responseOf({ message: 'NotFound' }, 404), settings, { 404: 'unknownSymbol' });
    expect(reason).toEqual({
      kind: 'unknownSymbol',
      detail: 'HTTP 404: {"message":"NotFound"}',
      retryAfterMs: null,
    });
  });

  test('comes with the wait the provider asked for', () => {
    const response = responseOf({}, 503, { 'retry-after': '30' });
    expect(httpFailure(response, settings)?.retryAfterMs).toBe(30_000);
  });

  test('of 200 is no failure', () => {
    expect(httpFailure(responseOf('{}'), settings)).toBeNull();
  });
});

describe('a body in a failure', () => {
  const page = '<!DOCTYPE html><html><head><title>Attention Required!</title></head></html>';

  test.each([
    { name: 'a firewall page with 403', response: responseOf(page, 403), kind: 'blocked' },
    { name: 'a login page with 200', response: responseOf(page), kind: 'blocked' },
    {
      name: 'a page only by its header',
      response: responseOf('hello', 200, { 'content-type': 'text/html; charset=utf-8' }),
      kind: 'blocked',
    },
    { name: 'an error page of a proxy', response: responseOf(page, 502), kind: 'down' },
  ])('$name is $kind', ({ response, kind }) => {
    expect(httpFailure(response, settings)?.kind).toBe(kind);
  });

  test('is told by its title, its head, or its absence, without the key', () => {
    const detailOf = (body: string): string | undefined =>
      httpFailure(responseOf(body, 429), settings)?.detail;
    expect(detailOf(page)).toBe('HTTP 429: an HTML page, Attention Required!');
    expect(detailOf('Edge: Too Many Requests')).toBe('HTTP 429: Edge: Too Many Requests');
    expect(detailOf('')).toBe('HTTP 429 with an empty body');
    expect(detailOf('key canary-1 is over')).toBe('HTTP 429: key *** is over');
  });
});
