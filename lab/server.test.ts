import { afterEach, describe, expect, test } from 'vitest';
import type { Http } from '../src/core/http.ts';
import { createSystemClock } from '../src/platform/system-clock.ts';
import { createUndiciHttp } from '../src/platform/undici-http.ts';
import type { FaultKind } from './faults.ts';
import { leapingClock, testLab } from './lab.testing.ts';
import { labBaseUrl, labHttp } from './lab-http.ts';
import { type LabServer, startLabServer } from './server.ts';

const PATH = '/products/BTC-USD/candles?granularity=60';
const HEADERS = { 'user-agent': 'test' };
let server: LabServer | null = null;
let http: Http | null = null;

afterEach(async () => {
  await http?.close();
  http = null;
  await server?.close();
  server = null;
});

async function send(faults: readonly FaultKind[] = [], timeoutMs = 1_000) {
  const lab = testLab({ id: 'coinbase', latencyMedianMs: 5, faults });
  server = await startLabServer(lab, createSystemClock());
  http = createUndiciHttp({ clock: createSystemClock() });
  const url = `${server.baseUrls.coinbase}${PATH}`;
  const outcome = await http.send(
    { method: 'GET', url, headers: HEADERS, body: null },
    { timeoutMs, bytesMax: 1e6 },
  );
  return { outcome, count: lab.counts().coinbase };
}

test('over real sockets the provider counts what the client sent', async () => {
  const { outcome, count } = await send();
  expect(outcome).toMatchObject({ kind: 'response', response: { status: 200 } });
  expect(count).toMatchObject({ requests: 1, byStatus: { 200: 1 } });
});

test('base URLs are loopback and end as the provider’s own does', async () => {
  server = await startLabServer(testLab('xai'), createSystemClock());
  expect(server.baseUrls.xai).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/v1$/);
});

describe('faults that need a socket', () => {
  test.each([
    { kind: 'dead', reason: 'connection' },
    { kind: 'hang', reason: 'timeout' },
    { kind: 'reset', reason: 'connection' },
    { kind: 'trickle', reason: 'timeout' },
  ] as const)('$kind ends as $reason', async ({ kind, reason }) => {
    expect((await send([{ kind }], 300)).outcome).toMatchObject({ kind: 'failed', reason });
  });
});

test('a body that is posted reaches the provider alike on both ways', async () => {
  const lab = testLab({ id: 'xai', latencyMedianMs: 1 });
  const clock = leapingClock();
  const body = '{"model":"no-such-model","input":"x"}';
  const request = { method: 'POST', headers: { authorization: 'Bearer k' }, body } as const;
  const options = { timeoutMs: 1_000, bytesMax: 1e6 };
  const inProcess = await labHttp(lab, clock).send(
    { ...request, url: `${labBaseUrl(lab, 'xai')}/responses` },
    options,
  );
  server = await startLabServer(lab, createSystemClock());
  http = createUndiciHttp({ clock: createSystemClock() });
  const overSockets = await http.send({ ...request, url: `${server.baseUrls.xai}/responses` }, options);
  if (inProcess.kind === 'failed' || overSockets.kind === 'failed') throw new Error('no answer');
  expect(overSockets.response.body).toBe(inProcess.response.body);
  expect(overSockets.response.status).toBe(404);
});
