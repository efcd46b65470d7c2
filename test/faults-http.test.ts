import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import type { Answer } from '../src/core/answer.ts';
import type { FailureKind } from '../src/core/failure.ts';
import { GATEWAY_DEFAULTS } from '../src/core/gateway-options.ts';
import { instrumentOf } from '../src/core/instrument.ts';
import { SOURCE_DEFAULTS } from '../src/core/options.ts';
import type { Question } from '../src/core/question.ts';
import { createGateway } from '../src/gateway/gateway.ts';
import { createSystemClock } from '../src/platform/system-clock.ts';
import { systemRandom } from '../src/platform/system-random.ts';
import { createUndiciHttp } from '../src/platform/undici-http.ts';
import { SOURCES } from '../src/sources/catalogue.ts';

/** Faults 1 to 17, limits and HTTP: over raw sockets, through the real gateway and the real sources, to a name and a counter. */

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

type Reply = (socket: Socket) => void;

/** A server of raw bytes; the last reply is given to every further request. */
async function peer(replies: readonly Reply[]): Promise<{ readonly origin: string; requests: number }> {
  const sockets = new Set<Socket>();
  const found = { origin: '', requests: 0 };
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('data', () => {
      const reply = replies[Math.min(found.requests, replies.length - 1)];
      found.requests += 1;
      reply?.(socket);
    });
  }).listen(0, '127.0.0.1');
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

function whole(status: number, body: string, ...headers: readonly string[]): Reply {
  const lines = [`HTTP/1.1 ${status} X`, ...headers, `Content-Length: ${Buffer.byteLength(body)}`, '', ''];
  return (socket) => void socket.write(lines.join('\r\n') + body);
}

function service(sourceId: string, baseUrl: string) {
  const source = SOURCES[sourceId];
  if (source === undefined) throw new RangeError(`no source ${sourceId}`);
  const clock = createSystemClock();
  const http = createUndiciHttp({ clock });
  const gateway = createGateway({
    sources: [
      {
        source,
        options: {
          ...SOURCE_DEFAULTS,
          id: sourceId,
          kind: sourceId,
          operator: source.operator,
          analyst: 'none',
          baseUrl,
          keys: Object.fromEntries(Object.keys(source.keys).map((name) => [name, 'demo'])),
          options: source.options,
          limits: source.limits,
          priceUsdPerCall: 0,
          timeoutMs: 300,
          ttlMs: 60_000,
        },
      },
    ],
    symbols: [],
    memory: null,
    http,
    clock,
    random: systemRandom,
    options: { ...GATEWAY_DEFAULTS, retry: null, pace: null },
    redact: (text) => text,
  });
  closing.unshift(async () => {
    await gateway.close();
    await http.close();
  });
  const ask = async (): Promise<string> => {
    const question = QUESTIONS[sourceId] ?? market('AAPL');
    const [answer] = await gateway.ask([{ sourceId, question, deadlineAtMs: clock.nowMs() + 900 }]);
    return outcome(answer);
  };
  return { gateway, ask };
}

function outcome(answer: Answer | undefined): string {
  return answer !== undefined && 'failure' in answer ? answer.failure.kind : (answer?.kind ?? 'none');
}

const market = (id: string): Question => ({ kind: 'market', instrument: instrumentOf(id) });
const QUESTIONS: Readonly<Record<string, Question>> = {
  binance: market('BTC-USDT'),
  coingecko: market('BTC-USD'),
  'alpha-vantage': { kind: 'gauge', instrument: instrumentOf('AAPL') },
};

const HTML = '<!DOCTYPE html><html><head><title>Just a moment...</title></head><body></body></html>';
const DEEP = '['.repeat(100_000);
const TICKER = JSON.stringify([
  { symbol: 'BTCUSDT', lastPrice: '5', closeTime: Date.now(), bidPrice: '5', askPrice: '5' },
]);
const half: Reply = (socket) =>
  void socket.write('HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{"AAPL":', () => socket.resetAndDestroy());
const hang: Reply = () => {};

type Case = {
  readonly fault: string;
  readonly source: string;
  readonly replies: readonly Reply[];
  /** What the first question and, where given, the one right after it end as. */
  readonly ends: readonly (FailureKind | 'fresh')[];
  /** That the provider saw. */
  readonly requests: number;
};

const CASES: readonly Case[] = [
  {
    fault: '1 a 429 with Retry-After',
    source: 'binance',
    replies: [whole(429, '{"code":-1003,"msg":"Too much request weight used"}', 'Retry-After: 5')],
    ends: ['limit', 'rateLimited'],
    requests: 1,
  },
  {
    fault: '2 a 429 without it, with a page of HTML',
    source: 'coingecko',
    replies: [whole(429, HTML)],
    ends: ['limit', 'rateLimited'],
    requests: 1,
  },
  {
    fault: '3 a ban',
    source: 'binance',
    replies: [whole(418, '{"code":-1003,"msg":"IP banned"}', 'Retry-After: 3600')],
    ends: ['limit', 'rateLimited'],
    requests: 1,
  },
  {
    fault: '4 a 200 with nothing but a note about the quota',
    source: 'alpha-vantage',
    replies: [whole(200, '{"Information":"Our standard API rate limit is 25 requests per day."}')],
    ends: ['quota', 'rateLimited'],
    requests: 1,
  },
  {
    fault: '4 a 200 with nothing but a note about the minute',
    source: 'alpha-vantage',
    replies: [
      whole(
        200,
        '{"Note":"Thank you for using Alpha Vantage! Our standard API call frequency is 5 calls per minute."}',
      ),
    ],
    ends: ['limit', 'rateLimited'],
    requests: 1,
  },
  {
    fault: '5 a 200 whose envelope says 429',
    source: 'twelve-data',
    replies: [
      whole(
        200,
        '{"status":"error","code":429,"message":"You have run out of API credits for the current minute."}',
      ),
    ],
    ends: ['limit', 'rateLimited'],
    requests: 1,
  },
  {
    fault: '6 out of credits for the day',
    source: 'twelve-data',
    replies: [
      whole(429, '{"status":"error","code":429,"message":"You have run out of API credits for the day."}'),
    ],
    ends: ['quota', 'rateLimited'],
    requests: 1,
  },
  {
    fault: '7 the weight that another process used up',
    source: 'binance',
    replies: [whole(200, TICKER, 'x-mbx-used-weight-1m: 6000')],
    ends: ['fresh', 'rateLimited'],
    requests: 1,
  },
  {
    fault: '8 a limit lowered silently',
    source: 'binance',
    replies: [whole(200, TICKER), whole(429, '{"code":-1003,"msg":"Too many requests"}')],
    ends: ['fresh', 'limit', 'rateLimited'],
    requests: 2,
  },
  {
    fault: '9 a revoked key',
    source: 'alpaca',
    replies: [whole(401, '{"message":"unauthorized."}')],
    ends: ['auth', 'breakerOpen'],
    requests: 1,
  },
  {
    fault: '9 a firewall',
    source: 'alpaca',
    replies: [whole(403, HTML)],
    ends: ['blocked', 'breakerOpen'],
    requests: 1,
  },
  {
    fault: '10 a server error',
    source: 'alpaca',
    replies: [whole(503, 'unavailable')],
    ends: ['down', 'down'],
    requests: 2,
  },
  { fault: '11 a reset in mid-body', source: 'alpaca', replies: [half], ends: ['connection'], requests: 1 },
  {
    fault: '11 half of the JSON',
    source: 'alpaca',
    replies: [whole(200, '{"AAPL":{"latestTrade":{"p":2')],
    ends: ['badPayload'],
    requests: 1,
  },
  { fault: '12 an open door and silence', source: 'alpaca', replies: [hang], ends: ['timeout'], requests: 1 },
  {
    fault: '15 a redirect to another host',
    source: 'alpaca',
    replies: [whole(302, '', 'Location: https://evil.test/')],
    ends: ['redirect'],
    requests: 1,
  },
  {
    fault: '16 an empty body',
    source: 'alpaca',
    replies: [whole(200, '')],
    ends: ['badPayload'],
    requests: 1,
  },
  { fault: '16 null', source: 'alpaca', replies: [whole(200, 'null')], ends: ['badPayload'], requests: 1 },
  {
    fault: '16 an empty list',
    source: 'alpaca',
    replies: [whole(200, '[]')],
    ends: ['badPayload'],
    requests: 1,
  },
  { fault: '16 HTML', source: 'alpaca', replies: [whole(200, HTML)], ends: ['blocked'], requests: 1 },
  {
    fault: '16 a byte order mark alone',
    source: 'alpaca',
    replies: [whole(200, '\u{feff}')],
    ends: ['badPayload'],
    requests: 1,
  },
  {
    fault: '17 an infinite price',
    source: 'alpaca',
    replies: [whole(200, '{"AAPL":{"latestTrade":{"p":1e400,"t":"2026-01-15T18:00:00Z"}}}')],
    ends: ['badPayload'],
    requests: 1,
  },
  {
    fault: '17 a hundred thousand brackets',
    source: 'alpaca',
    replies: [whole(200, DEEP)],
    ends: ['badPayload'],
    requests: 1,
  },
  {
    fault: '17 a prototype for a member',
    source: 'alpaca',
    replies: [whole(200, '{"__proto__":{"AAPL":{"latestTrade":{"p":5}}}}')],
    ends: ['mismatch'],
    requests: 1,
  },
];

describe('each fault ends as a named outcome and a counter', () => {
  test.each(CASES)('fault $fault: $ends', async ({ source, replies, ends, requests }) => {
    const found = await peer(replies);
    const { gateway, ask } = service(source, found.origin);
    const seen: string[] = [];
    for (const _ of ends) seen.push(await ask());
    expect(seen).toEqual(ends);
    expect(found.requests).toBe(requests);
    const counted: Record<string, number> = {};
    for (const end of ends) if (end !== 'fresh') counted[end] = (counted[end] ?? 0) + 1;
    expect(gateway.health()[0]).toMatchObject({ failedByKind: counted, requests });
  });

  test.each([
    { fault: '13 a name that does not resolve', baseUrl: 'https://sextant.invalid' },
    { fault: '13 an address that refuses', baseUrl: 'https://127.0.0.1:1' },
  ])('fault $fault: connection', async ({ baseUrl }) => {
    const { gateway, ask } = service('alpaca', baseUrl);
    const end = await ask();
    expect(end).toBe('connection');
    expect(gateway.health()[0]).toMatchObject({ failedByKind: { [end]: 1 } });
  });

  test('fault 14 TLS that cannot be trusted: connection, and nothing of the request is told', async () => {
    const heard: string[] = [];
    const server = createServer((socket) => {
      socket.on('error', () => {});
      socket.on('data', (bytes) => {
        heard.push(bytes.toString('latin1'));
        socket.end('no TLS here');
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    closing.push(async () => void server.close());
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : 0;
    const { gateway, ask } = service('alpaca', `https://127.0.0.1:${port}`);
    expect(await ask()).toBe('connection');
    expect(heard.join('')).not.toContain('demo');
    expect(gateway.health()[0]).toMatchObject({ failedByKind: { connection: 1 } });
  });
});
