import { once } from 'node:events';
import { createServer as createHttpServer, type Server as HttpServer } from 'node:http';
import { createSecureServer } from 'node:http2';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import type { HttpOutcome } from '../core/http.ts';
import type { PoolFigures } from '../core/http-pools.ts';
import { LOOPBACK_CERTIFICATE, LOOPBACK_KEY } from './loopback-certificate.testing.ts';
import { createSystemClock } from './system-clock.ts';
import { createUndiciHttp, type UndiciHttp, type UndiciHttpOptions } from './undici-http.ts';

const TLS = { cert: LOOPBACK_CERTIFICATE, key: LOOPBACK_KEY };

const closing: (() => void)[] = [];

afterEach(() => {
  for (const close of closing.splice(0)) close();
});

async function portOf(server: Server): Promise<number> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => sockets.add(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closing.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

function client(options: Partial<UndiciHttpOptions> = {}): UndiciHttp {
  const http = createUndiciHttp({ clock: createSystemClock(), ...options });
  closing.unshift(() => void http.close());
  return http;
}

function get(http: UndiciHttp, url: string): Promise<HttpOutcome> {
  return http.send(
    { method: 'GET', url, headers: { authorization: 's3cret' }, body: null },
    { timeoutMs: 5_000, bytesMax: 1_000 },
  );
}

/** One after the other, with the moment between that undici takes to give a connection back. */
async function inTurn(http: UndiciHttp, url: string, count: number): Promise<string[]> {
  const ends: string[] = [];
  for (let i = 0; i < count; i += 1) {
    const outcome = await get(http, url);
    ends.push(outcome.kind === 'response' ? outcome.response.body : outcome.reason);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return ends;
}

function figuresOf(http: UndiciHttp): PoolFigures {
  const [figures] = http.pools();
  if (figures === undefined) throw new Error('nothing was asked');
  return figures;
}

describe('the figures of a pool count what servers do to connections', () => {
  const http = (answer: (server: HttpServer) => void): HttpServer => {
    const server = createHttpServer((_, response) => void response.end('ok'));
    answer(server);
    return server;
  };
  const tcp = (greet: (socket: Socket) => void): Server =>
    createTcpServer((socket) => {
      socket.on('error', () => {});
      socket.once('data', () => greet(socket));
    });
  const answerAndClose = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok';

  test.each<{ title: string; server: () => Server; keepAlive?: boolean; ends: string; figures: object }>([
    {
      title: 'one that keeps them',
      server: () => http(() => {}),
      ends: 'ok',
      figures: { opened: 1, sent: 5, reused: 4, closed: 0, open: 1, free: 1 },
    },
    {
      title: 'one that closes after each answer',
      server: () => tcp((socket) => socket.end(answerAndClose)),
      ends: 'ok',
      figures: { opened: 5, sent: 5, reused: 0, closed: 5, open: 0 },
    },
    {
      title: 'one that resets instead of answering',
      server: () => tcp((socket) => socket.resetAndDestroy()),
      ends: 'connection',
      figures: { opened: 5, sent: 5, reused: 0, closed: 5, open: 0 },
    },
    {
      title: 'keep-alive switched off on our side',
      server: () => http(() => {}),
      keepAlive: false,
      ends: 'ok',
      figures: { opened: 5, sent: 5, reused: 0, closed: 5, open: 0 },
    },
  ])('$title', async ({ server, keepAlive = true, ends, figures }) => {
    const port = await portOf(server());
    const subject = client({ keepAlive });
    expect(await inTurn(subject, `http://127.0.0.1:${port}`, 5)).toEqual(Array(5).fill(ends));
    await expect.poll(() => figuresOf(subject)).toMatchObject({ queued: 0, running: 0, ...figures });
    const { phases, opened, sent } = figuresOf(subject);
    const answered = ends === 'ok' ? 5 : 0;
    expect([phases.connect, phases.queue, phases.headers, phases.body].map(({ count }) => count)).toEqual([
      opened,
      sent,
      answered,
      answered,
    ]);
    for (const { count, p50Ms, p99Ms } of Object.values(phases)) {
      expect((p50Ms ?? -1) >= 0 && (p99Ms ?? -1) >= (p50Ms ?? 0)).toBe(count > 0);
    }
  });

  test('a closed port', async () => {
    const subject = client();
    expect(await inTurn(subject, 'http://127.0.0.1:1', 2)).toEqual(['connection', 'connection']);
    expect(figuresOf(subject)).toMatchObject({
      opened: 0,
      connectFailures: 2,
      sent: 0,
      reused: 0,
      closed: 0,
    });
  });
});

describe('TLS', () => {
  const secure = (): Promise<number> =>
    portOf(createHttpsServer(TLS, (request, response) => void response.end(request.httpVersion)));

  test('is spoken with whom the authority vouches for', async () => {
    const subject = client({ authority: LOOPBACK_CERTIFICATE });
    expect(await inTurn(subject, `https://localhost:${await secure()}`, 3)).toEqual(['1.1', '1.1', '1.1']);
    expect(figuresOf(subject)).toMatchObject({ opened: 1, reused: 2 });
  });

  test('is refused to a stranger, whatever the environment says', async () => {
    const url = `https://localhost:${await secure()}`;
    process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
    closing.push(() => {
      delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
    });
    const outcome = await get(client(), url);
    expect(outcome).toMatchObject({ kind: 'failed', reason: 'connection', unsent: true });
    if (outcome.kind === 'failed') expect(outcome.detail).toContain('SELF_SIGNED');
  });

  test('that is never concluded ends with the deadline for connecting, unsent', async () => {
    const port = await portOf(createTcpServer(() => {}));
    const outcome = await get(client({ connectTimeoutMs: 100 }), `https://localhost:${port}`);
    expect(outcome).toMatchObject({ kind: 'failed', reason: 'timeout', unsent: true });
  });
});

describe('HTTP/2', () => {
  type Peer = { readonly url: string; readonly sessions: () => number };

  async function peer(): Promise<Peer> {
    let sessions = 0;
    const server = createSecureServer({ ...TLS, allowHTTP1: true }, (request, response) => {
      if (request.url === '/away') response.writeHead(302, { location: 'https://evil.test/' }).end();
      else if (request.url === '/large') response.end('x'.repeat(100_000));
      else if (request.url !== '/hang') setTimeout(() => response.end(request.httpVersion), 5);
    });
    server.on('session', () => {
      sessions += 1;
    });
    return { url: `https://localhost:${await portOf(server)}`, sessions: () => sessions };
  }

  test('carries many requests at once over one connection', async () => {
    const { url, sessions } = await peer();
    const subject = client({ authority: LOOPBACK_CERTIFICATE });
    const outcomes = await Promise.all(Array.from({ length: 50 }, () => get(subject, url)));
    expect(outcomes.map((outcome) => outcome.kind === 'response' && outcome.response.body)).toEqual(
      Array(50).fill('2.0'),
    );
    expect(sessions()).toBe(1);
    expect(figuresOf(subject)).toMatchObject({ opened: 1, sent: 50, reused: 49 });
  });

  test('is not spoken where every request has a connection of its own', async () => {
    const { url, sessions } = await peer();
    const subject = client({ authority: LOOPBACK_CERTIFICATE, keepAlive: false });
    expect(await inTurn(subject, url, 3)).toEqual(['1.1', '1.1', '1.1']);
    expect(sessions()).toBe(0);
    expect(figuresOf(subject)).toMatchObject({ opened: 3, reused: 0 });
  });

  test.each([
    { path: '/away', reason: 'redirect' },
    { path: '/large', reason: 'tooLarge' },
    { path: '/hang', reason: 'timeout' },
  ])('$path fails as $reason, and the connection serves on', async ({ path, reason }) => {
    const { url, sessions } = await peer();
    const subject = client({ authority: LOOPBACK_CERTIFICATE });
    await get(subject, url);
    const outcome = await subject.send(
      { method: 'GET', url: `${url}${path}`, headers: { authorization: 's3cret' }, body: null },
      { timeoutMs: 200, bytesMax: 1_000 },
    );
    expect(outcome).toMatchObject({ kind: 'failed', reason });
    expect(await inTurn(subject, url, 1)).toEqual(['2.0']);
    expect(sessions()).toBe(1);
  });
});

describe('each phase has a deadline of its own, within that of the whole', () => {
  test.each([
    { title: 'no header', options: { headersTimeoutMs: 50 }, bytes: '' },
    {
      title: 'a body that stops',
      options: { bodyTimeoutMs: 50 },
      bytes: 'HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhalf',
    },
  ])('$title', async ({ options, bytes }) => {
    const port = await portOf(createTcpServer((socket) => void socket.write(bytes)));
    const outcome = await get(client(options), `http://127.0.0.1:${port}`);
    expect(outcome).toMatchObject({ kind: 'failed', reason: 'timeout', unsent: false });
    if (outcome.kind === 'failed') expect(outcome.detail).toMatch(/UND_ERR_(HEADERS|BODY)_TIMEOUT/);
  });
});
