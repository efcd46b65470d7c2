import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { afterEach, expect, test } from 'vitest';
import { GATEWAY_DEFAULTS, type GatewayOptions } from '../core/gateway-options.ts';
import { createSystemClock } from '../platform/system-clock.ts';
import { systemRandom } from '../platform/system-random.ts';
import { createUndiciHttp } from '../platform/undici-http.ts';
import { createGateway } from './gateway.ts';
import { putEach } from './toy-gateway.testing.ts';
import { priceOf, TOY_OPTIONS, toySource } from './toy-source.testing.ts';

/** The gateway over real sockets and in real time. */

const closing: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function provider(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<string> {
  const server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  closing.push(async () => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return `http://127.0.0.1:${address.port}`;
}

function service(baseUrls: Readonly<Record<string, string>>, options: Partial<GatewayOptions> = {}) {
  const clock = createSystemClock();
  const http = createUndiciHttp({ clock });
  const gateway = createGateway({
    sources: Object.entries(baseUrls).map(([id, baseUrl]) => ({
      source: toySource,
      options: { ...TOY_OPTIONS, id, baseUrl, timeoutMs: 1_000 },
    })),
    symbols: [],
    memory: null,
    http,
    clock,
    random: systemRandom,
    options: { ...GATEWAY_DEFAULTS, ...options },
    redact: (text) => text,
  });
  closing.push(async () => {
    await gateway.close();
    await http.close();
  });
  return { clock, gateway };
}

function pricing(request: IncomingMessage, response: ServerResponse): void {
  const symbols = new URL(request.url ?? '', 'http://x').searchParams.get('symbols')?.split(',') ?? [];
  response.end(JSON.stringify(Object.fromEntries(symbols.map((symbol) => [symbol, 100]))));
}

test('each source is answered by its own; a hanging one ends right after the deadline', async () => {
  const { clock, gateway } = service({
    hanging: await provider(() => {}),
    dripping: await provider((_, response) => void response.write('{"AAPL":')),
    quick: await provider(pricing),
  });
  const startedAtMs = clock.nowMs();
  const asks = ['hanging', 'dripping', 'quick'].map((sourceId) => ({
    sourceId,
    question: priceOf('AAPL'),
    deadlineAtMs: startedAtMs + 250,
  }));
  const settled = await Promise.all(
    putEach(gateway, asks).map(async (answer) => {
      const found = await answer;
      return {
        end: 'failure' in found ? found.failure.kind : found.kind,
        tookMs: clock.nowMs() - startedAtMs,
      };
    }),
  );
  expect(settled.map(({ end }) => end)).toEqual(['timeout', 'timeout', 'fresh']);
  expect(settled[2]?.tookMs).toBeLessThan(200);
  for (const { tookMs } of settled.slice(0, 2)) {
    expect(tookMs).toBeGreaterThanOrEqual(250);
    expect(tookMs).toBeLessThan(400);
  }
});

test('more requests than connections wait here, not in the pool: nobody times out and no breaker opens', async () => {
  const delayed = await provider((request, response) => setTimeout(() => pricing(request, response), 25));
  const { clock, gateway } = service({ toy: delayed }, { connectionsMax: 4, batching: false });
  const symbols = Array.from({ length: 208 }, (_, i) =>
    String.fromCharCode(65 + (i % 26), 65 + Math.floor(i / 26)),
  );
  const deadlineAtMs = clock.nowMs() + 10_000;
  const answers = await gateway.ask(
    symbols.map((id) => ({ sourceId: 'toy', question: priceOf(id), deadlineAtMs })),
  );
  // 208 requests of 25 ms over 4 connections take longer than the timeout of any one.
  expect(new Set(answers.map(({ kind }) => kind))).toEqual(new Set(['fresh']));
  expect(gateway.health()).toMatchObject([{ state: 'ok', requests: symbols.length, failedByKind: {} }]);
});
