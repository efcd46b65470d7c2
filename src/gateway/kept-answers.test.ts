import { describe, expect, it } from 'vitest';
import type { Answer, Ask } from '../core/answer.ts';
import { failure } from '../core/failure.ts';
import type { AssetClass } from '../core/instrument.ts';
import { createVirtualClock } from '../platform/virtual-clock.ts';
import { CacheTiers } from './cache-tiers.ts';
import { cachingOfJob } from './conditional.ts';
import type { Flight } from './flight.ts';
import { evenly, lifetimeOf } from './freshness.ts';
import { NO_CACHING } from './http-caching.ts';
import type { Job } from './job.ts';
import { priceOf, toyFlight, toyQuotes } from './toy-source.testing.ts';

/** A Thursday, 10:00 in New York. */
const NOON_MS = Date.parse('2026-01-15T15:00:00Z');
const QUOTE_TTL_MS = 4_000;
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const AAPL = priceOf('AAPL');

function fresh(id: string, receivedAtMs: number, eventAtMs: number | null = receivedAtMs) {
  const quote = { instrumentId: id, price: 100, currency: 'USD' as const, bid: null, ask: null };
  return {
    kind: 'fresh',
    view: { kind: 'market', quote: { ...quote, eventAtMs, receivedAtMs }, bars: [] },
    provenance: { sourceId: 'toy', endpoint: 'quotes', eventAtMs, receivedAtMs, digest: '' },
    latencyMs: 10,
  } as const satisfies Answer;
}

describe('how long a quote may be served', () => {
  const lifetime = (iso: string, caching = NO_CACHING, assetClass: AssetClass = 'stock') => {
    const receivedAtMs = Date.parse(iso);
    const id = assetClass === 'stock' ? 'AAPL' : 'BTC-USD';
    const known = { caching, rate: null, leftShare: 1 };
    const options = { quoteTtlMs: QUOTE_TTL_MS, ttlMs: 60_000 };
    return lifetimeOf(priceOf(id), fresh(id, receivedAtMs), known, options);
  };

  it.each([
    ['2026-01-15T15:00:00Z', 4_000, 'in an open market'],
    ['2026-01-15T13:00:00Z', 16_000, 'before the open prices move rarely'],
    ['2026-01-15T14:29:59Z', 1_000, 'but never over the open'],
  ])('of %s: %d ms, %s', (iso, ttlMs) => {
    expect(lifetime(iso)?.freshMs).toBe(ttlMs);
  });

  it('the last of a session until trading before the next one begins, and for coins there is no session', () => {
    const friday = '2026-01-17T02:00:00Z';
    expect(lifetime(friday)).toEqual(evenly(Date.parse('2026-01-20T09:00:00Z') - Date.parse(friday)));
    expect(lifetime(friday, NO_CACHING, 'crypto')?.freshMs).toBe(4_000);
  });

  it('not at all where the provider says no-store', () => {
    expect(lifetime('2026-01-15T15:00:00Z', { ...NO_CACHING, noStore: true })).toBeNull();
  });

  it('as the provider says, but never beyond half a cycle in an open market', () => {
    expect(lifetime('2026-01-15T15:00:00Z', { ...NO_CACHING, maxAgeMs: 1_000 })?.freshMs).toBe(1_000);
    const long = lifetime('2026-01-15T15:00:00Z', { ...NO_CACHING, maxAgeMs: 3_600_000 });
    expect(long).toEqual(evenly(10_000));
  });
});

const tiers = () => {
  const options = { bytesMax: 1_000_000, isAdaptive: true, quoteTtlMs: QUOTE_TTL_MS };
  const clock = createVirtualClock(NOON_MS);
  return new CacheTiers({ options, ttlMs: 60_000, leftShare: () => 1, clock, secondTier: null });
};

describe('what is served out of the cache', () => {
  const served = (cache: CacheTiers, nowMs: number, parts: Partial<Ask> = {}) => {
    const ask: Ask = { sourceId: 'toy', question: AAPL, deadlineAtMs: nowMs + 5_000, ...parts };
    const answers: Answer[] = [];
    let fetches = 0;
    const fetch = (): void => {
      fetches += 1;
    };
    const kept = cache.find(cache.held('AAPL'), ask, nowMs);
    if (kept === null) fetch();
    else {
      answers.push(kept);
      if (kept.kind === 'stale') fetch();
    }
    return { answers, fetches };
  };
  const noted = (): CacheTiers => {
    const cache = tiers();
    cache.note(toyFlight('AAPL'), fresh('AAPL', NOON_MS, NOON_MS - 500), NO_CACHING, NOON_MS);
    return cache;
  };

  it('is what was answered, with its age, while it is fresh', () => {
    const { answers, fetches } = served(noted(), NOON_MS + 3_000);
    expect(answers).toMatchObject([{ kind: 'cached', ageMs: 3_500 }]);
    expect(fetches).toBe(0);
  });

  it('is asked for anew while it is served a little longer, and after that is not served', () => {
    const cache = noted();
    expect(served(cache, NOON_MS + 7_999)).toMatchObject({ answers: [{ kind: 'stale' }], fetches: 1 });
    expect(served(cache, NOON_MS + 8_000)).toEqual({ answers: [], fetches: 1 });
  });

  it('is nothing for those who ask for a fresh answer', () => {
    expect(served(noted(), NOON_MS + 1, { fresh: true })).toEqual({ answers: [], fetches: 1 });
  });
});

describe('what will not be asked for again', () => {
  const barsFlight = (minute: number, fromMs: number): Flight => {
    const [openAtMs, intervalMs] = [fromMs + minute * MINUTE_MS, MINUTE_MS];
    const question = {
      ...AAPL,
      kind: 'bars',
      intervalMs,
      fromMs: openAtMs,
      toMs: openAtMs + intervalMs,
    } as const;
    return { ...toyFlight('AAPL'), question, key: `bars ${minute}` };
  };
  const ofMinute = (minute: number, kind: 'bars' | 'noData'): Answer => {
    const nowMs = NOON_MS + (minute + 1) * MINUTE_MS;
    if (kind === 'noData') return { kind: 'failed', failure: failure('noData', 'no trade') };
    return { ...fresh('AAPL', nowMs), view: { kind: 'bars', bars: [] } };
  };

  it.each(['bars', 'noData'] as const)(
    'does not fill the cache: %s of one minute after the other',
    (kind) => {
      const cache = tiers();
      const counts = Array.from({ length: 600 }, (_, minute) => {
        const nowMs = NOON_MS + (minute + 1) * MINUTE_MS;
        cache.note(barsFlight(minute, NOON_MS), ofMinute(minute, kind), NO_CACHING, nowMs);
        return cache.counts().entries;
      });
      expect(Math.max(...counts)).toBeLessThan(5);
    },
  );

  it('but a quote is kept, however old: the next one is compared with it', () => {
    const cache = tiers();
    cache.note(toyFlight('AAPL'), fresh('AAPL', NOON_MS), NO_CACHING, NOON_MS);
    cache.note(toyFlight('MSFT'), fresh('MSFT', NOON_MS + HOUR_MS), NO_CACHING, NOON_MS + HOUR_MS);
    expect(cache.held('AAPL')).not.toBeNull();
  });
});

it('a validator is kept of the answer to one question, never of a batch', () => {
  const said = { ...NO_CACHING, etag: '"v1"' };
  const jobOf = (...ids: string[]): Job => ({
    endpoint: toyQuotes,
    flights: ids.map(toyFlight),
    request: { method: 'GET', url: '', headers: {}, body: null },
    weight: 1,
  });
  expect(cachingOfJob(jobOf('AAPL'), said, true).etag).toBe('"v1"');
  expect(cachingOfJob(jobOf('AAPL', 'MSFT'), said, true).etag).toBeNull();
  expect(cachingOfJob(jobOf('AAPL'), said, false).etag).toBeNull();
});
