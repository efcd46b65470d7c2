import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { Worker } from 'node:worker_threads';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, test } from 'vitest';
import type { HttpOutcome } from '../core/http.ts';
import { createSystemClock } from './system-clock.ts';
import { createUndiciHttp, type UndiciHttp, type UndiciHttpOptions } from './undici-http.ts';

/** A server of raw bytes, so that it can misbehave in ways that a real HTTP server does not offer. */
type Peer = { readonly origin: string; connections: number; requests: number };

const BOMB = gzipSync(Buffer.alloc(20_000_000));

const closing: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function peer(answer: (socket: Socket, request: string) => void): Promise<Peer> {
  const sockets = new Set<Socket>();
  const found = { origin: '', connections: 0, requests: 0 };
  const server: Server = createServer((socket) => {
    found.connections += 1;
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('data', (bytes) => {
      found.requests += 1;
      answer(socket, bytes.toString('latin1'));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  found.origin = `http://127.0.0.1:${address.port}`;
  closing.push(async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return found;
}

function client(options: Partial<UndiciHttpOptions> = {}): UndiciHttp {
  const http = createUndiciHttp({ clock: createSystemClock(), ...options });
  closing.unshift(async () => {
    await http.close();
  });
  return http;
}

function get(http: UndiciHttp, url: string, timeoutMs = 2_000, bytesMax = 100_000): Promise<HttpOutcome> {
  return http.send({ method: 'GET', url, headers: {}, body: null }, { timeoutMs, bytesMax });
}

function http200(body: string | Buffer, ...headers: string[]): Buffer {
  const bytes = Buffer.from(body);
  const head = ['HTTP/1.1 200 OK', ...headers, `Content-Length: ${bytes.length}`, '', ''].join('\r\n');
  return Buffer.concat([Buffer.from(head), bytes]);
}

test('closing does not wait for an answer that does not come', async () => {
  const { origin } = await peer(() => {});
  const http = createUndiciHttp({ clock: createSystemClock() });
  const answer = get(http, `${origin}/x`, 600_000);
  await http.close();
  expect(await answer).toMatchObject({ kind: 'failed', reason: 'connection' });
});

describe('a good answer', () => {
  test('comes with lower-case headers, repeated ones joined', async () => {
    const { origin } = await peer((socket) =>
      socket.write(http200('{"a":1}', 'X-Limit: 5', 'X-Seen: a', 'X-SEEN: b')),
    );
    expect(await get(client(), `${origin}/x`)).toMatchObject({
      kind: 'response',
      response: { status: 200, body: '{"a":1}', headers: { 'x-limit': '5', 'x-seen': 'a, b' } },
    });
  });

  test('is unpacked', async () => {
    const { origin } = await peer((socket) =>
      socket.write(http200(gzipSync('é'.repeat(5_000)), 'Content-Encoding: gzip')),
    );
    expect(await get(client(), origin)).toMatchObject({ response: { body: 'é'.repeat(5_000) } });
  });

  test('may be an error of the provider: the status is for the source to judge', async () => {
    const { origin } = await peer((socket) => socket.write('HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n'));
    expect(await get(client(), origin)).toMatchObject({
      kind: 'response',
      response: { status: 503, body: '' },
    });
  });

  test('to a POST carries what was sent', async () => {
    const { origin } = await peer((socket, request) =>
      socket.write(http200(request.split('\r\n\r\n')[1] ?? '')),
    );
    const request = {
      method: 'POST' as const,
      url: `${origin}/v1?k=1`,
      headers: { 'content-type': 'application/json' },
      body: '{"q":1}',
    };
    expect(await client().send(request, { timeoutMs: 2_000, bytesMax: 100 })).toMatchObject({
      response: { body: '{"q":1}' },
    });
  });
});

describe('connections', () => {
  test.each([
    { keepAlive: true, connections: 1 },
    { keepAlive: false, connections: 5 },
  ])(
    'five requests in turn open $connections with keepAlive $keepAlive',
    async ({ keepAlive, connections }) => {
      const found = await peer((socket) => socket.write(http200('ok')));
      const http = client({ keepAlive });
      for (let i = 0; i < 5; i += 1) {
        await get(http, found.origin);
        // undici takes a connection back a moment after the answer.
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      expect(found).toMatchObject({ connections, requests: 5 });
    },
  );

  test('stay within their bound, and are shown', async () => {
    const found = await peer((socket) => setTimeout(() => socket.write(http200('ok')), 20));
    const http = client({ connectionsMax: 2 });
    const answers = Array.from({ length: 8 }, () => get(http, found.origin));
    expect((await Promise.all(answers)).every(({ kind }) => kind === 'response')).toBe(true);
    expect(found.connections).toBe(2);
    await expect
      .poll(() => http.pools())
      .toMatchObject([{ origin: found.origin, open: 2, free: 2, queued: 0, running: 0 }]);
  });

  test('a request that timed out while it waited for one is never sent', async () => {
    const found = await peer((socket) => setTimeout(() => socket.write(http200('ok')), 120));
    const http = client({ connectionsMax: 1 });
    const first = get(http, found.origin);
    const second = await get(http, found.origin, 40);
    expect(second).toMatchObject({ kind: 'failed', reason: 'timeout', unsent: true });
    expect(await first).toMatchObject({ kind: 'response' });
    expect(await get(http, found.origin)).toMatchObject({ kind: 'response' });
    expect(found.requests).toBe(2);
  });
});

describe('a bad answer is an outcome', () => {
  const hang = (): void => {};
  test.each<{ title: string; answer: (socket: Socket) => void; reason: string; detail: RegExp }>([
    { title: 'nothing at all', answer: hang, reason: 'timeout', detail: /no answer in time/ },
    {
      title: 'headers that do not end',
      answer: (socket) => void socket.write('HTTP/1.1 200 OK\r\nX-Slow: '),
      reason: 'timeout',
      detail: /no answer in time/,
    },
    {
      title: 'a body that stops',
      answer: (socket) => void socket.write('HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhalf'),
      reason: 'timeout',
      detail: /only 4 bytes/,
    },
    {
      title: 'a reset in mid-body',
      answer: (socket) =>
        void socket.write('HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhalf', () =>
          socket.resetAndDestroy(),
        ),
      reason: 'connection',
      detail: /ECONNRESET|UND_ERR_SOCKET/,
    },
    {
      title: 'a closed door',
      answer: (socket) => void socket.end(),
      reason: 'connection',
      detail: /UND_ERR_SOCKET/,
    },
    {
      title: 'no HTTP',
      answer: (socket) => void socket.write('hello\r\n\r\n'),
      reason: 'connection',
      detail: /HTTPParserError/,
    },
    {
      title: 'a body that is no gzip',
      answer: (socket) => void socket.write(http200('plain', 'Content-Encoding: gzip')),
      reason: 'connection',
      detail: /cannot be decompressed/,
    },
    {
      title: 'a truncated gzip',
      answer: (socket) =>
        void socket.write(http200(gzipSync('x'.repeat(9_000)).subarray(0, 20), 'Content-Encoding: gzip')),
      reason: 'connection',
      detail: /cannot be decompressed/,
    },
    {
      title: 'an unknown packing',
      answer: (socket) => void socket.write(http200('x', 'Content-Encoding: constructor')),
      reason: 'connection',
      detail: /not known/,
    },
    {
      title: 'a body beyond the bound',
      answer: (socket) => void socket.write(http200('x'.repeat(200_000))),
      reason: 'tooLarge',
      detail: /100000 bytes/,
    },
    {
      title: 'a body without end',
      answer: (socket) => {
        socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n');
        socket.write(`30d40\r\n${'x'.repeat(200_000)}\r\n`);
      },
      reason: 'tooLarge',
      detail: /100000 bytes/,
    },
    {
      title: 'a gzip bomb: 20 MB in 20 kB',
      answer: (socket) => void socket.write(http200(BOMB, 'Content-Encoding: gzip')),
      reason: 'tooLarge',
      detail: /100000 bytes/,
    },
    {
      title: 'a redirect',
      answer: (socket) =>
        void socket.write(
          'HTTP/1.1 302 Found\r\nLocation: https://evil.test/a?k=1\r\nContent-Length: 0\r\n\r\n',
        ),
      reason: 'redirect',
      detail: /302 to https:\/\/evil\.test$/,
    },
  ])('$title: $reason', async ({ answer, reason, detail }) => {
    const { origin } = await peer(answer);
    const outcome = await get(client(), `${origin}/path?apiKey=s3cret`, 300);
    expect(outcome).toMatchObject({ kind: 'failed', reason, unsent: false });
    if (outcome.kind !== 'failed') return;
    expect(outcome.detail).toMatch(detail);
    expect(outcome.detail).not.toMatch(/s3cret|path/);
  });

  test('a redirect is not followed', async () => {
    const target = await peer((socket) => socket.write(http200('stolen')));
    const { origin } = await peer((socket) =>
      socket.write(`HTTP/1.1 307 Go\r\nLocation: ${target.origin}/\r\nContent-Length: 0\r\n\r\n`),
    );
    await get(client(), `${origin}/?apiKey=s3cret`);
    expect(target.connections).toBe(0);
  });
});

describe('what was never sent says so', () => {
  test.each([
    { title: 'a refused connection', url: 'http://127.0.0.1:1/', detail: /ECONNREFUSED/ },
    {
      title: 'a plain connection to another machine',
      url: 'http://192.0.2.1/?apiKey=s3cret',
      detail: /not https/,
    },
    { title: 'a text that is no address', url: 'nonsense?apiKey=s3cret', detail: /not a URL/ },
  ])('$title', async ({ url, detail }) => {
    const outcome = await get(client(), url, 500);
    expect(outcome).toMatchObject({ kind: 'failed', reason: 'connection', unsent: true });
    if (outcome.kind !== 'failed') return;
    expect(outcome.detail).toMatch(detail);
    expect(outcome.detail).not.toContain('s3cret');
  });

  test('a header that HTTP cannot carry', async () => {
    const { origin, requests } = await peer((socket) => socket.write(http200('ok')));
    const request = {
      method: 'GET' as const,
      url: origin,
      headers: { authorization: 'a\r\nb: c' },
      body: null,
    };
    expect(await client().send(request, { timeoutMs: 500, bytesMax: 100 })).toMatchObject({
      kind: 'failed',
      unsent: true,
    });
    expect(requests).toBe(0);
  });
});

describe('time', () => {
  test('runs out on time for every one of 200 hanging requests', async () => {
    const { origin } = await peer(() => {});
    const http = client({ connectionsMax: 200 });
    const startedMs = performance.now();
    const ends = await Promise.all(
      Array.from({ length: 200 }, async (_, i) => {
        const timeoutMs = 100 + (i % 5) * 20;
        await get(http, origin, timeoutMs);
        return performance.now() - startedMs - timeoutMs;
      }),
    );
    expect(Math.min(...ends)).toBeGreaterThanOrEqual(-1);
  });

  test('does not run out for an answer that came while this process was busy', async () => {
    const server = new Worker(
      `const { parentPort } = require('node:worker_threads');
       const server = require('node:http').createServer((_, answer) => setTimeout(() => answer.end('ok'), 30));
       server.listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port));`,
      { eval: true },
    );
    closing.push(async () => {
      await server.terminate();
    });
    const [port] = (await once(server, 'message')) as [number];
    const http = client();
    await get(http, `http://127.0.0.1:${port}`);
    const answer = get(http, `http://127.0.0.1:${port}`, 80);
    // Lets the request leave, then holds the event loop past answer and timeout.
    await new Promise((resolve) => setTimeout(resolve, 5));
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 150);
    const outcome = await answer;
    expect(outcome).toMatchObject({ kind: 'response' });
    expect(outcome.ownMs).toBeGreaterThanOrEqual(140);
  });
});
