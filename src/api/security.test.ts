import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createFakeService } from '../../test/fake-service.ts';
import { createSystemClock } from '../platform/system-clock.ts';
import { type Api, createApi } from './api.ts';
import { errorAnswer } from './schemas.ts';
import { CHART_STYLE_DIGEST } from './security-headers.ts';

const server = { host: '127.0.0.1', port: 8137 };
const clock = createSystemClock();

function builtPage(): string {
  const root = mkdtempSync(join(tmpdir(), 'sextant-page-'));
  mkdirSync(join(root, 'assets'));
  writeFileSync(join(root, 'index.html'), '<!doctype html><title>Sextant</title>');
  writeFileSync(join(root, 'assets/index-C0ffee12.js'), 'export {};');
  writeFileSync(join(root, '../sextant-outside.txt'), 'outside');
  return root;
}

let api: Api;

beforeAll(async () => {
  api = await createApi({ ...createFakeService(), server, webRoot: builtPage(), clock });
});

afterAll(() => api.close());

const get = (url: string, headers: Record<string, string> = {}, of: Api = api) =>
  of.app.inject({ method: 'GET', url, headers: { host: '127.0.0.1:8137', ...headers } });

describe('security', () => {
  const everyRoute = [
    '/',
    '/assets/index-C0ffee12.js',
    '/api/v1/decisions',
    '/api/v1/sources',
    '/health/live',
    '/openapi.json',
    '/stream',
    '/nowhere',
  ];

  test.each(everyRoute)('%s is served only under its own name', async (url) => {
    for (const host of ['evil.example', 'localhost:80']) {
      expect((await get(url, { host })).statusCode).toBe(421);
    }
    expect((await get(url, { origin: 'https://evil.example' })).statusCode).toBe(403);
  });

  test.each(everyRoute)('%s takes no writing method', async (url) => {
    const answer = await api.app.inject({
      method: 'POST',
      url,
      headers: { host: 'localhost:8137' },
      payload: {},
    });
    expect([answer.statusCode, answer.headers.allow]).toEqual([405, 'GET, HEAD']);
  });

  test('every answer forbids inline code and other hosts, and names no server software', async () => {
    for (const url of ['/', '/api/v1/state', '/nowhere']) {
      const { headers } = await get(url);
      const policy = String(headers['content-security-policy']);
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("script-src 'self';");
      expect(policy).not.toContain('unsafe');
      expect(headers['x-content-type-options']).toBe('nosniff');
      expect(headers).not.toHaveProperty('x-powered-by');
      expect(headers).not.toHaveProperty('access-control-allow-origin');
    }
  });

  test('the one style digest allowed is that of the chart library', () => {
    const library = join(
      import.meta.dirname,
      '../../node_modules/lightweight-charts/dist/lightweight-charts.production.mjs',
    );
    const [style = ''] =
      /a#tv-attr-logo\{.*?\[data-dark\]\{[^}]*\}/.exec(readFileSync(library, 'utf8')) ?? [];
    const digest = createHash('sha256').update(style).digest('base64');
    expect(CHART_STYLE_DIGEST).toBe(`'sha256-${digest}'`);
  });

  test.each([
    '/../sextant-outside.txt',
    '/..%2fsextant-outside.txt',
    '/%2e%2e/sextant-outside.txt',
    '/..%5csextant-outside.txt',
    '//etc/passwd',
    '/assets/..%2f..%2fsextant-outside.txt',
    '/assets/index-C0ffee12.js%00.html',
  ])('%s reaches no file', async (url) => {
    const answer = await get(url);
    expect([400, 404]).toContain(answer.statusCode);
    expect(errorAnswer.safeParse(answer.json()).success).toBe(true);
  });

  test('a host that others can reach is refused at the start', async () => {
    const open = { host: '0.0.0.0', port: 0 };
    await expect(createApi({ ...createFakeService(), server: open, webRoot: null, clock })).rejects.toThrow(
      'server.host is "0.0.0.0", which other machines can reach',
    );
  });

  test('what was not foreseen is told to the log, not to the client', async () => {
    const errors: Error[] = [];
    const service = createFakeService();
    const failing = {
      ...service.live,
      state: () => {
        throw new TypeError('secret detail');
      },
    };
    const faulty = await createApi({
      ...service,
      live: failing,
      server,
      webRoot: null,
      clock,
      onError: (error) => errors.push(error),
    });
    const answer = await get('/api/v1/state', {}, faulty);
    expect(answer.statusCode).toBe(500);
    expect(answer.json()).toEqual({
      error: { code: 'internal', message: 'something failed here; the log says what' },
    });
    expect(errors.map(({ message }) => message)).toEqual(['secret detail']);
    await faulty.close();
  });
});

describe('what never becomes a request', () => {
  const overSocket = async (text: string): Promise<string> => {
    const listening = await createApi({
      ...createFakeService(),
      server: { ...server, port: 0 },
      webRoot: null,
      clock,
    });
    const { url } = await listening.listen();
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    socket.end(text);
    const parts = await socket.toArray();
    await listening.close();
    return Buffer.concat(parts).toString();
  };

  test.each([
    ['no HTTP', 'NONSENSE\r\n\r\n', '400 Bad Request', 'not readable as an HTTP request'],
    ['an address without end', `GET /${'x'.repeat(20_000)} HTTP/1.1\r\n\r\n`, '431 ', 'longer than 16 KiB'],
    [
      'headers without end',
      `GET / HTTP/1.1\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`,
      '431 ',
      'longer than 16 KiB',
    ],
  ])('%s is told what is wrong with it', async (_, text, status, message) => {
    const answer = await overSocket(text);
    expect(answer.startsWith(`HTTP/1.1 ${status}`)).toBe(true);
    const [, json = ''] = answer.split('\r\n\r\n');
    expect(errorAnswer.parse(JSON.parse(json)).error.message).toContain(message);
  });
});

describe('the page', () => {
  test('comes fresh, its assets may be kept', async () => {
    const page = await get('/');
    expect(page.headers['content-type']).toContain('text/html');
    expect(page.headers['cache-control']).toBe('no-cache');
    expect((await get('/assets/index-C0ffee12.js')).headers['cache-control']).toContain('immutable');
  });

  test('HEAD is answered without a body, streams included', async () => {
    for (const url of ['/', '/api/v1/state', '/stream']) {
      const answer = await api.app.inject({ method: 'HEAD', url, headers: { host: 'localhost:8137' } });
      expect([answer.statusCode, answer.body]).toEqual([200, '']);
    }
  });
});
