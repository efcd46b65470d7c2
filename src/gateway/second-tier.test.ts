import { describe, expect, test } from 'vitest';
import type { Cache, CacheEntry } from '../core/cache.ts';
import { TIER_WAIT_MS } from './second-tier.ts';
import { answersWithin, asksFor, outcome, START_MS, setUp } from './toy-gateway.testing.ts';

const CACHE = { bytesMax: 1_000_000, isAdaptive: true, quoteTtlMs: 1_000 };

/** Entries go through text, as they would on the wire. */
function sharedTier(held = new Map<string, string>()): Cache & { readonly held: Map<string, string> } {
  return {
    held,
    get: async (key) => {
      const text = held.get(key);
      return text === undefined ? null : (JSON.parse(text) as unknown);
    },
    set: async (key, entry) => {
      held.set(key, JSON.stringify(entry));
    },
  };
}

function processWith(secondTier: Cache) {
  const { clock, http, gateway } = setUp({ secondTier, gateway: { retry: null, cache: CACHE } });
  const askAt = async (atMs: number, symbols = ['AAPL']) => {
    await clock.advanceTo(START_MS + atMs);
    const answers = gateway.ask(asksFor(symbols, clock, 1_000));
    return { ends: (await answersWithin(clock, answers, 100)).map(outcome), requests: http.seen.length };
  };
  return { clock, http, gateway, askAt };
}

async function entryOf(held: ReadonlyMap<string, string>): Promise<CacheEntry> {
  const [text = 'null'] = held.values();
  return JSON.parse(text) as CacheEntry;
}

test('what one process has asked answers the other, and is then in its own memory', async () => {
  const tier = sharedTier();
  await processWith(tier).askAt(0);
  const other = processWith(tier);
  expect(await other.askAt(500)).toEqual({ ends: ['cached'], requests: 0 });
  tier.held.clear();
  expect(await other.askAt(700)).toEqual({ ends: ['cached'], requests: 0 });
  expect(other.gateway.health()[0]?.cache).toMatchObject({ hits: 2, misses: 0, entries: 1 });
});

test('what has run out in it is asked for', async () => {
  const tier = sharedTier();
  await processWith(tier).askAt(0);
  expect(await processWith(tier).askAt(5_000)).toEqual({ ends: ['fresh'], requests: 1 });
});

test('sources that ask elsewhere, or for other data, do not share', async () => {
  const tier = sharedTier();
  await processWith(tier).askAt(0);
  const { clock, http, gateway } = setUp({
    secondTier: tier,
    options: { options: { feed: 'other' } },
    gateway: { cache: CACHE },
  });
  await answersWithin(clock, gateway.ask(asksFor(['AAPL'], clock)), 100);
  expect(http.seen).toHaveLength(1);
  expect(tier.held.size).toBe(2);
});

const never = new Promise<never>(() => {});
const broken = () => {
  throw new Error('not a promise');
};

describe('a second tier that is no good costs little and spoils nothing', () => {
  test.each<[string, Partial<Cache>]>([
    ['hangs', { get: () => never, set: () => never }],
    [
      'rejects',
      { get: () => Promise.reject(new Error('gone')), set: () => Promise.reject(new Error('gone')) },
    ],
    ['throws', { get: broken, set: broken }],
    ['gives text', { get: async () => 'OK' }],
    ['gives an empty object', { get: async () => ({}) }],
    ['gives nothing', { get: async () => undefined }],
  ])('it %s', async (_title, tier) => {
    const { clock, http, gateway } = processWith({ ...sharedTier(), ...tier });
    const asked = gateway.ask(asksFor(['AAPL'], clock));
    await clock.advanceTo(START_MS + TIER_WAIT_MS);
    expect(http.seen).toHaveLength(1);
    expect((await answersWithin(clock, asked, 100)).map(outcome)).toEqual(['fresh']);
  });

  test('after three failures in a row nobody waits for it for a while', async () => {
    let asked = 0;
    const get = () => {
      asked += 1;
      return never;
    };
    const { clock, http, gateway } = processWith({ get, set: async () => {} });
    for (const symbol of ['AAPL', 'MSFT', 'NVDA'])
      await answersWithin(clock, gateway.ask(asksFor([symbol], clock)), 100);
    const fourth = gateway.ask(asksFor(['TSLA'], clock));
    await clock.advanceTo(clock.nowMs());
    expect({ asked, requests: http.seen.length }).toEqual({ asked: 3, requests: 4 });
    await answersWithin(clock, fourth, 6_000);
    await answersWithin(clock, gateway.ask(asksFor(['META'], clock)), 100);
    expect(asked).toBe(4);
  });
});

describe('an entry that was tampered with is no answer', () => {
  test.each<[string, (entry: CacheEntry) => unknown]>([
    ['of another symbol', (entry) => withView(entry, { instrumentId: 'MSFT' })],
    ['in another currency', (entry) => withView(entry, { currency: 'EUR' })],
    ['without a price', (entry) => withView(entry, { price: 0 })],
    ['with a field too many', (entry) => ({ ...entry, more: 1 })],
    ['without its times', ({ freshUntilMs: _freshUntilMs, ...entry }) => entry],
    [
      'from the future',
      (entry) => ({ ...entry, receivedAtMs: START_MS + 60_000, freshUntilMs: START_MS + 90_000 }),
    ],
    [
      'of another kind',
      (entry) => ({ ...entry, result: { ...entry.result, view: { kind: 'bars', bars: [] } } }),
    ],
    [
      'a refusal that parking would have to remember',
      (entry) => ({
        ...entry,
        result: { kind: 'failed', failure: { kind: 'auth', detail: '', retryAfterMs: null } },
      }),
    ],
  ])('%s', async (_title, tamper) => {
    const tier = sharedTier();
    await processWith(tier).askAt(0);
    const [key = ''] = tier.held.keys();
    tier.held.set(key, JSON.stringify(tamper(await entryOf(tier.held))));
    expect(await processWith(tier).askAt(500)).toEqual({ ends: ['fresh'], requests: 1 });
  });
});

function withView(entry: CacheEntry, fields: object): unknown {
  if (entry.result.kind !== 'view' || entry.result.view.kind !== 'market') return null;
  const { view } = entry.result;
  return { ...entry, result: { ...entry.result, view: { ...view, quote: { ...view.quote, ...fields } } } };
}
