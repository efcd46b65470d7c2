import { describe, expect, test } from 'vitest';
import { instrumentOf } from '../core/instrument.ts';
import { createVirtualClock } from '../platform/virtual-clock.ts';
import { probeSource } from './probe.ts';
import { priceOf, pricesFor, TOY_OPTIONS, type ToyAnswer, toyHttp, toySource } from './toy-source.testing.ts';

const START_MS = Date.UTC(2026, 0, 5, 15);

async function probe(answer: ToyAnswer | null, question = priceOf('AAPL')) {
  const clock = createVirtualClock(START_MS);
  const http = toyHttp(clock, (request) => (answer === null ? null : { ...pricesFor(request), ...answer }));
  const found = probeSource({ source: toySource, options: TOY_OPTIONS }, question, {
    http,
    clock,
    redact: (text) => text.replaceAll('toy', '***'),
  });
  await clock.advanceTo(START_MS + 60_000);
  return found;
}

describe('a probe', () => {
  test.each([
    { answer: { headers: { date: new Date(START_MS + 9_000).toUTCString() } }, clockAheadMs: 8_990 },
    { answer: {}, clockAheadMs: null },
    { answer: { headers: { date: 'soon' } }, clockAheadMs: null },
  ])(
    'tells how long an answer took and whose clock is ahead ($clockAheadMs)',
    async ({ answer, clockAheadMs }) => {
      expect(await probe(answer)).toMatchObject({
        kind: 'answered',
        endpoint: 'quotes',
        reading: { kind: 'ok' },
        tookMs: 10,
        clockAheadMs,
      });
    },
  );

  test('shows why a source does not answer, without secrets', async () => {
    expect(await probe(null)).toMatchObject({
      kind: 'silent',
      endpoint: 'quotes',
      detail: 'timeout: *** timeout',
      sent: { method: 'GET' },
    });
    expect(await probe({ body: { error: 'auth' } })).toMatchObject({
      reading: { kind: 'failed', failure: { kind: 'auth', detail: '*** refusal' } },
    });
  });

  test('shows what was sent and received, without secrets and bounded', async () => {
    const headers = { 'content-type': 'text/toy', 'set-cookie': 'session=1' };
    const body = `toy ${'x'.repeat(1_994)}toy`;
    expect(await probe({ headers, body })).toMatchObject({
      kind: 'answered',
      sent: { method: 'GET', url: 'https://***.test/quotes?symbols=AAPL', headers: {}, body: null },
      received: {
        status: 200,
        headers: { 'content-type': 'text/***', 'set-cookie': '***' },
        body: `*** ${'x'.repeat(1_994)}**`,
        bodyChars: 2_001,
      },
    });
  });

  test('asks nothing that the source cannot answer', async () => {
    expect(await probe({}, { kind: 'market', instrument: instrumentOf('BTC-USD') })).toMatchObject({
      kind: 'unaskable',
    });
  });
});
