import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  createFakeService,
  decisionOf,
  type FakeService,
  openedOf,
  slotAtMs,
  sourceOf,
} from '../../test/fake-service.ts';
import type { Bar } from '../core/bar.ts';
import { failure } from '../core/failure.ts';
import { type Ledger, LedgerError } from '../core/ledger.ts';
import { createSystemClock } from '../platform/system-clock.ts';
import { type Api, createApi } from './api.ts';
import type { ErrorAnswer } from './contract.ts';
import {
  barsAnswer,
  decisionsAnswer,
  errorAnswer,
  readyAnswer,
  signalAnswer,
  signalsAnswer,
  sourcesAnswer,
  stateAnswer,
} from './schemas.ts';

const server = { host: '127.0.0.1', port: 8137 };
const clock = createSystemClock();
const ALL_BUY = { alpaca: 0.8, yahoo: 0.7, binance: 0.6, xai: 0.5 };
const ALL_SELL = { alpaca: -0.8, yahoo: -0.7, binance: -0.6, xai: -0.5 };
const BAR: Bar = {
  openAtMs: slotAtMs(0),
  intervalMs: 60_000,
  open: 10,
  high: 12,
  low: 9,
  close: 11,
  volume: 5,
};

let service: FakeService;
let api: Api;

beforeAll(async () => {
  service = createFakeService();
  const buy = decisionOf({ instrumentId: 'AAPL', cycle: 1, votes: ALL_BUY });
  const hold = decisionOf({ instrumentId: 'BTC-USD', cycle: 1 });
  await service.commit(1, [buy, hold], [openedOf(buy, 1)]);
  const sell = decisionOf({ instrumentId: 'AAPL', cycle: 2, votes: ALL_SELL });
  const { signal } = openedOf(buy, 1);
  await service.commit(
    2,
    [sell],
    [
      {
        event: 'ended',
        signalId: signal.id,
        instrumentId: 'AAPL',
        side: 'BUY',
        cycle: 2,
        atMs: slotAtMs(2),
        cause: 'flip',
        price: 183,
      },
      openedOf(sell, 1),
    ],
  );
  service.setBars(
    'AAPL',
    Array.from({ length: 300 }, (_, index) => ({ ...BAR, openAtMs: BAR.openAtMs + index * 60_000 })),
  );
  api = await createApi({ ...service, server, webRoot: null, clock });
});

afterAll(() => api.close());

const get = (url: string, headers: Record<string, string> = {}, of: Api = api) =>
  of.app.inject({ method: 'GET', url, headers: { host: '127.0.0.1:8137', ...headers } });

async function body(url: string): Promise<unknown> {
  const answer = await get(url);
  expect(answer.statusCode).toBe(200);
  return answer.json();
}

async function badRequest(url: string): Promise<string> {
  const answer = await get(url);
  expect(answer.statusCode).toBe(400);
  expect(errorAnswer.parse(answer.json()).error.code).toBe('badRequest');
  return answer.json<ErrorAnswer>().error.message;
}

describe('decisions', () => {
  test('without parameters are those that stand, in the order of the symbols', async () => {
    const { decisions, nextCursor } = decisionsAnswer.parse(await body('/api/v1/decisions'));
    expect(decisions.map(({ instrumentId, kind }) => [instrumentId, kind])).toEqual([
      ['AAPL', 'SELL'],
      ['BTC-USD', 'HOLD'],
    ]);
    expect(decisions).toEqual(service.live.decisions());
    expect(nextCursor).toBeNull();
  });

  test.each([
    ['instrument=AAPL', ['SELL', 'BUY']],
    ['kind=HOLD', ['HOLD']],
    [`from=${slotAtMs(2)}`, ['SELL']],
    [`to=${new Date(slotAtMs(1)).toISOString()}`, ['HOLD', 'BUY']],
    ['limit=500', ['SELL', 'HOLD', 'BUY']],
    ['instrument=MSFT', []],
  ])('with %s are the record, newest first', async (query, kinds) => {
    const { decisions } = decisionsAnswer.parse(await body(`/api/v1/decisions?${query}`));
    expect(decisions.map(({ kind }) => kind)).toEqual(kinds);
  });

  test('are read to the end page by page', async () => {
    const seen: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const url: string = `/api/v1/decisions?limit=1${cursor && `&cursor=${cursor}`}`;
      const page = decisionsAnswer.parse(await body(url));
      seen.push(...page.decisions.map(({ kind }) => kind));
      cursor = page.nextCursor;
    }
    expect(seen).toEqual(['SELL', 'HOLD', 'BUY']);
  });
});

describe('signals', () => {
  test.each([
    ['', ['SELL', 'BUY']],
    ['?open=true', ['SELL']],
    ['?open=false', ['BUY']],
    ['?side=BUY', ['BUY']],
    [`?to=${slotAtMs(1)}`, ['BUY']],
    ['?limit=1', ['SELL']],
    ['?instrument=TSLA', []],
  ])('%s', async (query, sides) => {
    const { signals } = signalsAnswer.parse(await body(`/api/v1/signals${query}`));
    expect(signals.map(({ signal }) => signal.side)).toEqual(sides);
  });

  test('carry how they ended and the decision they came from', async () => {
    const { signals } = signalsAnswer.parse(await body('/api/v1/signals?side=BUY'));
    const row = signalAnswer.parse(await body(`/api/v1/signals/${signals[0]?.signal.id}`));
    expect(row.end?.cause).toBe('flip');
    expect(row.decision).toEqual(decisionOf({ instrumentId: 'AAPL', cycle: 1, votes: ALL_BUY }));
  });

  test('that were never given are not found', async () => {
    const answer = await get('/api/v1/signals/AAPL-20200101T000000Z-BUY');
    expect(answer.statusCode).toBe(404);
    expect(answer.json()).toEqual({
      error: { code: 'notFound', message: 'there is no signal AAPL-20200101T000000Z-BUY' },
    });
  });
});

describe('the running service', () => {
  test('tells its state', async () => {
    expect(stateAnswer.parse(await body('/api/v1/state'))).toEqual(service.live.state());
  });

  test('tells of its sources only what is meant to be told', async () => {
    const lastFailure = { ...failure('limit', 'too many requests', 2_000), atMs: slotAtMs(1) };
    const plain = sourceOf('alpaca', { state: 'limited', failedByKind: { limit: 2 }, lastFailure });
    const careless = { ...plain, keys: { apiKey: 'canary-key' } };
    service.setSources([careless]);
    const answer = await get('/api/v1/sources');
    expect(answer.body).not.toContain('canary');
    expect(sourcesAnswer.parse(answer.json())).toEqual({ sources: [plain] });
  });

  test.each([
    ['', 240],
    ['&count=7', 7],
    ['&count=500', 300],
  ])('gives the newest bars%s', async (query, count) => {
    const { bars } = barsAnswer.parse(await body(`/api/v1/bars?instrument=AAPL${query}`));
    expect(bars).toHaveLength(count);
    expect(bars.at(-1)?.openAtMs).toBe(BAR.openAtMs + 299 * 60_000);
  });

  test('has no bars of what it does not follow', async () => {
    const answer = await get('/api/v1/bars?instrument=NOPE');
    expect([answer.statusCode, answer.json().error]).toEqual([
      404,
      { code: 'notFound', message: 'NOPE is not followed' },
    ]);
  });
});

describe('health', () => {
  test('is live', async () => expect(await body('/health/live')).toEqual({ status: 'live' }));

  test.each([
    { ready: true, troubles: [], code: 200, status: 'ready' },
    { ready: true, troubles: ['xai: limited'], code: 200, status: 'degraded' },
    { ready: false, troubles: ['no cycle yet'], code: 503, status: 'notReady' },
  ])('is $status with ready $ready and troubles $troubles', async ({ ready, troubles, code, status }) => {
    service.setState({ ready, troubles });
    const answer = await get('/health/ready');
    expect(answer.statusCode).toBe(code);
    expect(readyAnswer.parse(answer.json())).toEqual({ status, reasons: troubles });
  });

  test('is not ready when the ledger does not answer, which other routes say with 503', async () => {
    const refuse = () => Promise.reject(new LedgerError('SQLITE_IOERR at /var/secret/ledger.db'));
    const broken = {
      head: refuse,
      decisions: refuse,
      outcomes: refuse,
      configs: refuse,
    } as unknown as Ledger;
    const errors: Error[] = [];
    const sick = await createApi({
      ...createFakeService(broken),
      server,
      webRoot: null,
      clock,
      onError: (error) => errors.push(error),
    });
    const ready = await get('/health/ready', {}, sick);
    expect([ready.statusCode, ready.json().reasons]).toEqual([503, ['the ledger does not answer']]);
    for (const url of ['/api/v1/decisions?kind=BUY', '/api/v1/outcomes', '/api/v1/statistics', '/stream']) {
      const answer = await get(url, {}, sick);
      expect(answer.statusCode).toBe(503);
      expect(answer.json().error.code).toBe('ledgerUnavailable');
      expect(answer.body).not.toContain('secret');
    }
    const page = await get('/', {}, sick);
    expect([page.statusCode, page.json().error.message]).toEqual([
      404,
      'the page is not built: run `npm run build:web`',
    ]);
    expect(errors).toHaveLength(4);
    await sick.close();
  });
});

describe('a bad query is answered with what was found and what is allowed', () => {
  const whole = 'a whole number from 1 to 500';
  test.each([
    ['/api/v1/decisions?limit=0', `limit: found "0", allowed is ${whole}`],
    ['/api/v1/decisions?limit=501', `limit: found "501", allowed is ${whole}`],
    ['/api/v1/decisions?limit=1e2', `limit: found "1e2", allowed is ${whole}`],
    ['/api/v1/signals?limit=5&limit=6', `limit: found ["5","6"], allowed is ${whole}`],
    ['/api/v1/decisions?kind=MAYBE', 'kind: found "MAYBE", allowed is one of BUY, SELL, HOLD, ABSTAIN'],
    ['/api/v1/signals?open=1', 'open: found "1", allowed is one of true, false'],
    ['/api/v1/bars', 'instrument: missing, allowed is one instrument such as AAPL or BTC-USD'],
    [
      '/api/v1/decisions?symbol=AAPL',
      'unknown parameter "symbol": allowed are instrument, kind, from, to, cursor, limit',
    ],
    ['/api/v1/outcomes?kind=open', 'kind: found "open", allowed is one of resolved, unresolved'],
    [
      '/api/v1/statistics?by=luck',
      'by: found "luck", allowed is one of symbol, assetClass, side, regime, source, confidence, configVersion, flag',
    ],
    ['/api/v1/statistics?limit=5', 'unknown parameter "limit": allowed are instrument, side, from, to, by'],
    ['/api/v1/state?x=1', 'unknown parameter "x": none is allowed here'],
  ])('%s', async (url, message) => expect(await badRequest(url)).toBe(message));

  test.each([
    '/api/v1/decisions?instrument=btc',
    '/api/v1/decisions?from=yesterday',
    '/api/v1/decisions?from=2026-02-30x',
    '/api/v1/decisions?to=2026-01-15T14:30:00',
    '/api/v1/decisions?cursor=-1',
    '/api/v1/decisions?__proto__=1',
    '/%',
    '/api/v1/signals/%00',
    '/api/v1/signals/..%2f..%2fetc',
    '/stream?lastEventId=x',
    `/api/v1/decisions?kind=${'x'.repeat(10_000)}`,
  ])('%s', async (url) => expect((await badRequest(url)).length).toBeLessThan(300));

  test('also where a Last-Event-ID is no number', async () => {
    const answer = await get('/stream', { 'last-event-id': 'abc' });
    expect(answer.statusCode).toBe(400);
    expect(answer.json().error.message).toMatch(/^last-event-id: found "abc", allowed is a whole number/);
  });

  test.each(['decisions', 'signals', 'outcomes', 'statistics'])(
    'a span of /api/v1/%s that ends before it begins is none',
    async (name) => {
      expect(await badRequest(`/api/v1/${name}?from=2026-01-16&to=2026-01-15`)).toBe(
        'from: found "2026-01-16", allowed is a moment that is not after `to`',
      );
      expect((await get(`/api/v1/${name}?from=2026-01-15&to=2026-01-15`)).statusCode).toBe(200);
    },
  );

  test('a stream that should go on after an entry which the record does not hold is refused', async () => {
    const answer = await get('/stream', { 'last-event-id': '4711' });
    expect([answer.statusCode, answer.json().error.code]).toEqual([409, 'unknownEvent']);
  });
});

describe('OpenAPI', () => {
  type Operation = { summary?: string; responses: Record<string, { content?: Record<string, unknown> }> };
  type Document = {
    openapi: string;
    paths: Record<string, Record<string, Operation>>;
    components: { schemas: Record<string, unknown> };
  };

  test('describes every route, each with a summary and answers', async () => {
    const document = (await body('/openapi.json')) as Document;
    expect(document.openapi).toBe('3.1.0');
    expect(Object.keys(document.paths).sort()).toEqual([
      '/api/v1/bars',
      '/api/v1/decisions',
      '/api/v1/outcomes',
      '/api/v1/signals',
      '/api/v1/signals/{id}',
      '/api/v1/sources',
      '/api/v1/state',
      '/api/v1/statistics',
      '/health/live',
      '/health/ready',
      '/openapi.json',
      '/stream',
    ]);
    for (const operations of Object.values(document.paths)) {
      expect(Object.keys(operations)).toEqual(['get']);
      expect(operations.get?.summary).toBeTruthy();
      expect(operations.get?.responses).toHaveProperty('200');
    }
  });

  test('names its components once, and every reference leads to one', async () => {
    const document = (await body('/openapi.json')) as Document;
    expect(Object.keys(document.components.schemas).sort()).toEqual([
      'Bar',
      'Certificate',
      'Decision',
      'Error',
      'Mean',
      'NotEnough',
      'Rate',
      'Signal',
      'SignalOutcome',
      'SliceStatistics',
      'Source',
      'State',
      'Statistics',
    ]);
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map(
      ([, target]) => target,
    );
    const known = Object.keys(document.components.schemas).map((name) => `#/components/schemas/${name}`);
    expect(references.length).toBeGreaterThan(5);
    expect(references.filter((target) => !known.includes(target ?? ''))).toEqual([]);
  });

  test('says of a query parameter what is allowed', async () => {
    const document = (await body('/openapi.json')) as {
      paths: Record<string, { get: { parameters: { name: string; schema: unknown; required?: boolean }[] } }>;
    };
    const parameters = document.paths['/api/v1/bars']?.get.parameters ?? [];
    expect(parameters.map(({ name, required }) => [name, required])).toEqual([
      ['instrument', true],
      ['count', false],
    ]);
    expect(parameters[1]?.schema).toMatchObject({ type: 'integer', minimum: 1, maximum: 500 });
  });
});
