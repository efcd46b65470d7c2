import { describe, expect, test } from 'vitest';
import type { Answer, Ask } from '../core/answer.ts';
import { GATEWAY_DEFAULTS, type GatewayCacheOptions } from '../core/gateway-options.ts';
import type { HttpRequest } from '../core/http.ts';
import { answersWithin, asksFor, outcome, type Setup, START_MS, setUp } from './toy-gateway.testing.ts';
import { pricesFor, TOY_OPTIONS, type ToyAnswer, toySource } from './toy-source.testing.ts';

const CACHE: GatewayCacheOptions = { bytesMax: 1_000_000, isAdaptive: true, quoteTtlMs: 1_000 };

function withCache(setup: Setup = {}, cache: Partial<GatewayCacheOptions> = {}) {
  const { clock, http, gateway } = setUp({
    ...setup,
    gateway: { retry: null, cache: { ...CACHE, ...cache }, ...setup.gateway },
  });
  /** What a question at `atMs` after the start ends as, and how many requests there have been by then. */
  const askAt = async (atMs: number, fields: Partial<Ask> = {}, symbols = ['AAPL']) => {
    await clock.advanceTo(START_MS + atMs);
    const asks = asksFor(symbols, clock, 300).map((ask) => ({ ...ask, ...fields }));
    const answers = await answersWithin(clock, gateway.ask(asks), 400);
    return { ends: answers.map(outcome), answers, requests: http.seen.length };
  };
  const cacheOf = () => gateway.health()[0]?.cache;
  return { clock, http, gateway, askAt, cacheOf };
}

/** Prices first, then the same for ever. */
function thenAlways(later: ToyAnswer | null) {
  return (request: HttpRequest, count: number): ToyAnswer | null =>
    count === 1 ? pricesFor(request) : later;
}

function ageOf(answer: Answer | undefined): number | null {
  return answer !== undefined && 'ageMs' in answer ? answer.ageMs : null;
}

test('without a cache every question is asked', async () => {
  const { askAt, cacheOf } = withCache({ gateway: { cache: null } });
  await askAt(0);
  expect(await askAt(500)).toMatchObject({ ends: ['fresh'], requests: 2 });
  expect(cacheOf()).toBeNull();
});

describe('what is kept', () => {
  test('serves again while it is fresh, with its age, and costs no request, no budget and no allowance', async () => {
    const budget = { callsPerDay: 1, callsPerMonth: null, usdPerDay: null, usdPerMonth: null };
    const limits = [{ max: 1, windowMs: 86_400_000, counting: 'fixed' as const }];
    const { askAt, gateway, cacheOf } = withCache({ options: { budget, limits }, gateway: { pace: null } });
    await askAt(0);
    const again = await askAt(700);
    expect(again).toMatchObject({ ends: ['cached'], requests: 1 });
    expect(ageOf(again.answers[0])).toBe(690);
    expect(gateway.health()[0]).toMatchObject({ requests: 1, answered: 1, failedByKind: {} });
    expect(cacheOf()).toMatchObject({ hits: 1, stale: 0, misses: 1, entries: 1 });
  });

  test('is asked anew past its time: served stale meanwhile, and fresh from then on', async () => {
    const { askAt, cacheOf } = withCache();
    await askAt(0);
    expect(await askAt(1_500)).toMatchObject({ ends: ['stale'], requests: 2 });
    expect(await askAt(2_000)).toMatchObject({ ends: ['cached'], requests: 2 });
    expect(cacheOf()).toMatchObject({ hits: 1, stale: 1, misses: 1 });
  });

  test('is not served to the next cycle of an open market, whatever becomes of the source', async () => {
    const { askAt } = withCache({ answer: thenAlways({ failed: { reason: 'connection' } }) });
    await askAt(0);
    expect((await askAt(5_000)).ends).toEqual(['failed connection']);
  });

  test('is not served to who wants it fresh, nor to who has heard it already', async () => {
    const { askAt } = withCache();
    await askAt(0);
    expect(await askAt(500, { fresh: true })).toMatchObject({ ends: ['fresh'], requests: 2 });
    const heardAtMs = START_MS + 510;
    expect((await askAt(1_000, { receivedSinceMs: heardAtMs })).ends).toEqual(['cached']);
    expect(await askAt(1_450, { receivedSinceMs: heardAtMs + 1 })).toMatchObject({
      ends: ['fresh'],
      requests: 3,
    });
  });

  test('is not kept where the provider forbids it', async () => {
    const forbidden = (request: HttpRequest) => ({
      ...pricesFor(request),
      headers: { 'cache-control': 'no-store' },
    });
    const { askAt, cacheOf } = withCache({ answer: forbidden });
    await askAt(0);
    expect(await askAt(500)).toMatchObject({ ends: ['fresh'], requests: 2 });
    expect(cacheOf()).toMatchObject({ entries: 0, bytes: 0 });
  });

  test('stays within its bytes: what was not asked for the longest goes first', async () => {
    const { askAt, cacheOf } = withCache({}, { bytesMax: 2_000 });
    await askAt(0, {}, ['AAPL', 'MSFT', 'NVDA']);
    expect(cacheOf()?.entries).toBe(2);
    expect(cacheOf()?.bytes).toBeLessThanOrEqual(2_000);
    expect((await askAt(500, {}, ['NVDA'])).ends).toEqual(['cached']);
    expect((await askAt(900, {}, ['AAPL'])).ends).toEqual(['fresh']);
  });
});

describe('where asking anew fails, what is a little old stands in', () => {
  test.each<[string, ToyAnswer | null, string]>([
    ['a broken connection', { failed: { reason: 'connection' } }, 'stale'],
    ['no answer before the deadline', null, 'stale'],
    ['a refusal for rate', { body: { error: 'limit' } }, 'stale'],
    ['a server error', { body: { error: 'down' } }, 'stale'],
    ['a refused key: no', { body: { error: 'auth' } }, 'failed auth'],
    ['a symbol that is unknown by now: no', { body: { error: 'unknownSymbol' } }, 'failed unknownSymbol'],
    ['no data any more: no', { body: {} }, 'failed noData'],
  ])('%s', async (_title, later, end) => {
    const { askAt, gateway } = withCache({ answer: thenAlways(later) });
    await askAt(0);
    const second = await askAt(2_050);
    expect(second).toMatchObject({ ends: [end], requests: 2 });
    // The failure is counted all the same.
    expect(Object.values(gateway.health()[0]?.failedByKind ?? {})).toEqual([1]);
    if (end === 'stale') expect(ageOf(second.answers[0])).toBeGreaterThanOrEqual(2_050);
  });

  test('but not for who wants it fresh', async () => {
    const { askAt } = withCache({ answer: thenAlways({ failed: { reason: 'connection' } }) });
    await askAt(0);
    expect((await askAt(2_050, { fresh: true })).ends).toEqual(['failed connection']);
  });
});

test('that there are no data is kept a while, longer each time, and data end it', async () => {
  const empty = (request: HttpRequest, count: number) => (count < 4 ? { body: {} } : pricesFor(request));
  const { askAt } = withCache({ answer: empty });
  const ends = [];
  for (const atMs of [0, 500, 1_100, 3_000, 3_500, 5_500, 6_100]) {
    const {
      ends: [end],
      requests,
    } = await askAt(atMs);
    ends.push([end, requests]);
  }
  expect(ends).toEqual([
    ['failed noData', 1],
    ['failed noData', 1],
    ['failed noData', 2],
    ['failed noData', 2],
    ['failed noData', 3],
    ['failed noData', 3],
    ['fresh', 4],
  ]);
});

describe('a provider that names its answers', () => {
  const named = (request: HttpRequest, count: number): ToyAnswer => {
    const headers = { etag: `"v${count}"`, 'cache-control': 'max-age=0' };
    return count === 1 ? { ...pricesFor(request), headers } : { status: 304, body: '', headers: {} };
  };

  test('is asked whether the answer still holds, and its 304 makes it fresh again', async () => {
    const { askAt, http, gateway } = withCache({ answer: named });
    const [first] = (await askAt(0)).answers;
    const [second] = (await askAt(5_000)).answers;
    expect(http.seen[1]?.headers).toMatchObject({ 'if-none-match': '"v1"' });
    expect(second?.kind).toBe('fresh');
    if (first?.kind !== 'fresh' || second?.kind !== 'fresh') return;
    expect(second.provenance.digest).toBe(first.provenance.digest);
    expect(second.provenance.receivedAtMs).toBe(START_MS + 5_010);
    expect(second.view).toMatchObject({
      kind: 'market',
      quote: { price: 100, receivedAtMs: START_MS + 5_010 },
    });
    await askAt(10_000);
    expect(http.seen[2]?.headers).toMatchObject({ 'if-none-match': '"v1"' });
    expect(gateway.health()[0]?.failedByKind).toEqual({});
  });

  test('is asked without conditions for several at once: the name is that of another request', async () => {
    const { askAt, http } = withCache({ answer: named });
    await askAt(0);
    await askAt(5_000, {}, ['AAPL', 'MSFT']);
    expect(http.seen[1]?.headers).toEqual({});
  });

  test('a 304 that nobody asked for is a failure', async () => {
    const { askAt } = withCache({ answer: () => ({ status: 304, body: '' }) });
    expect((await askAt(0)).ends).toEqual(['failed badPayload']);
  });
});

describe('with the fixed cache of old', () => {
  test('every good answer is served for 10 s and not longer, and no failure is kept or covered', async () => {
    const { askAt } = withCache({ answer: thenAlways({ body: {} }) }, { isAdaptive: false });
    await askAt(0);
    expect((await askAt(9_000)).ends).toEqual(['cached']);
    expect(await askAt(10_100)).toMatchObject({ ends: ['failed noData'], requests: 2 });
    expect(await askAt(10_600)).toMatchObject({ ends: ['failed noData'], requests: 3 });
  });
});

test('a source that is configured anew begins with nothing kept', async () => {
  const { askAt, gateway, http } = withCache();
  await askAt(0);
  gateway.reconfigure({
    sources: [{ source: toySource, options: { ...TOY_OPTIONS, options: { feed: 'other' } } }],
    symbols: [],
    options: { ...GATEWAY_DEFAULTS, cache: CACHE },
  });
  expect((await askAt(500)).ends).toEqual(['fresh']);
  expect(http.seen).toHaveLength(2);
});
