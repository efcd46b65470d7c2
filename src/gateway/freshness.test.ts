import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ChangeRate } from '../core/cache.ts';
import { instrumentOf } from '../core/instrument.ts';
import type { Question, View } from '../core/question.ts';
import { sessionAt } from '../core/sessions/session.ts';
import { type FreshnessOptions, leftShareOf, lifetimeOf, noDataTtlMs } from './freshness.ts';
import { type HttpCaching, NO_CACHING } from './http-caching.ts';

const OPTIONS: FreshnessOptions = { quoteTtlMs: 1_000, ttlMs: 300_000 };
const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
/** A Thursday in New York. */
const OPEN = Date.parse('2026-01-15T15:00:00Z');
const PRE = Date.parse('2026-01-15T13:00:00Z');
const POST = Date.parse('2026-01-15T22:00:00Z');
const JUST_CLOSED = Date.parse('2026-01-16T01:10:00Z');
const NIGHT = Date.parse('2026-01-16T03:00:00Z');
const SATURDAY = Date.parse('2026-01-17T15:00:00Z');
/** Martin Luther King Day is the Monday after it. */
const TUESDAY_PRE_MARKET = Date.parse('2026-01-20T09:00:00Z');

const STILL: ChangeRate = { eventAtMs: OPEN, intervalMs: 1_000, price: 100, variancePerMs: 0 };

type Case = {
  readonly receivedAtMs: number;
  readonly eventAtMs?: number | null;
  readonly symbol?: string;
  readonly rate?: ChangeRate | null;
  readonly caching?: Partial<HttpCaching>;
  readonly leftShare?: number;
};

function spans(question: Question, view: View, found: Case) {
  const { receivedAtMs, eventAtMs = null, rate = null, caching, leftShare = 1 } = found;
  const provenance = { sourceId: 's', endpoint: 'e', eventAtMs, receivedAtMs, digest: '' };
  const known = { caching: { ...NO_CACHING, ...caching }, rate, leftShare };
  const lifetime = lifetimeOf(question, { view, provenance }, known, OPTIONS);
  return lifetime === null ? null : [lifetime.freshMs, lifetime.renewMs, lifetime.standInMs];
}

function quoteSpans(found: Case) {
  const instrument = instrumentOf(found.symbol ?? 'AAPL');
  const { receivedAtMs } = found;
  const quote = { instrumentId: instrument.id, price: 100, currency: 'USD', bid: null, ask: null };
  const view: View = { kind: 'market', quote: { ...quote, eventAtMs: null, receivedAtMs }, bars: [] };
  return spans({ kind: 'market', instrument }, view, found);
}

function gaugeSpans(found: Case) {
  const eventAtMs = found.eventAtMs ?? found.receivedAtMs;
  const view: View = { kind: 'gauge', gauge: 'rsi', value: 50, min: 0, max: 100, eventAtMs };
  return spans({ kind: 'gauge', instrument: instrumentOf('AAPL') }, view, found);
}

describe('a price', () => {
  test.each<[string, Case, number[]]>([
    ['in an open market', { receivedAtMs: OPEN }, [1_000, 2_000, 2_500]],
    ['crypto at night', { receivedAtMs: NIGHT, symbol: 'BTC-USD' }, [1_000, 2_000, 2_500]],
    ['before regular trading', { receivedAtMs: PRE }, [4_000, 8_000, 10_000]],
    ['after regular trading', { receivedAtMs: POST }, [4_000, 8_000, 10_000]],
    [
      'a moment before the opening: not beyond it',
      { receivedAtMs: Date.parse('2026-01-15T14:29:57Z') },
      [3_000, 3_000, 3_000],
    ],
    ['closed, but late feeds still move', { receivedAtMs: JUST_CLOSED }, [4_000, 8_000, 10_000]],
    ['at night: until pre-market trading', { receivedAtMs: NIGHT }, [6 * HOUR_MS, 6 * HOUR_MS, 6 * HOUR_MS]],
  ])('%s', (_title, found, expected) => {
    expect(quoteSpans(found)).toEqual(expected);
  });

  test('over a weekend with a holiday it is final until the next pre-market session, and not a moment longer', () => {
    const [freshMs = 0] = quoteSpans({ receivedAtMs: SATURDAY }) ?? [];
    expect(SATURDAY + freshMs).toBe(TUESDAY_PRE_MARKET);
    expect(sessionAt('stock', TUESDAY_PRE_MARKET - 1).phase).toBe('closed');
    expect(sessionAt('stock', TUESDAY_PRE_MARKET).phase).toBe('pre');
  });

  test.each<[string, number, number]>([
    ['calm: as long as any', 1e-12, 1_000],
    ['a basis point in 500 ms', 1e-8 / 500, 500],
    ['wild: never less than a quarter', 1, 250],
  ])('of a symbol that is %s', (_title, variancePerMs, freshMs) => {
    expect(quoteSpans({ receivedAtMs: OPEN, rate: { ...STILL, variancePerMs } })?.[0]).toBe(freshMs);
  });
});

describe('closed bars', () => {
  const toMs = OPEN;
  const closes = (lastCloseAtMs: number): View => ({
    kind: 'bars',
    bars: [
      {
        openAtMs: lastCloseAtMs - MINUTE_MS,
        intervalMs: MINUTE_MS,
        open: 1,
        high: 1,
        low: 1,
        close: 1,
        volume: 0,
      },
    ],
  });
  const FINAL = Array.from({ length: 3 }, () => 7 * 24 * HOUR_MS);
  test.each<[string, number, number, number[]]>([
    ['whole, just closed: may be corrected', toMs, 2_000, [1_000, 2_000, 2_500]],
    ['whole, closed a minute ago: final', toMs, MINUTE_MS, FINAL],
    ['without the newest: it may come late', toMs - MINUTE_MS, 5 * MINUTE_MS, [1_000, 2_000, 2_500]],
    ['without the newest after half an hour: there is none', toMs - MINUTE_MS, 30 * MINUTE_MS, FINAL],
  ])('%s', (_title, lastCloseAtMs, sinceMs, expected) => {
    const instrument = instrumentOf('AAPL');
    const question: Question = {
      kind: 'bars',
      instrument,
      intervalMs: MINUTE_MS,
      fromMs: toMs - HOUR_MS,
      toMs,
    };
    expect(spans(question, closes(lastCloseAtMs), { receivedAtMs: toMs + sinceMs })).toEqual(expected);
  });
});

describe('what is no price', () => {
  const rhythm = (intervalMs: number): ChangeRate => ({
    ...STILL,
    intervalMs,
    price: null,
    variancePerMs: null,
  });
  test.each<[string, Case, number[]]>([
    [
      'new: asked for anew before an opinion on it runs out',
      { receivedAtMs: OPEN },
      [240_000, 300_000, 300_000],
    ],
    [
      'a minute old: the event counts',
      { receivedAtMs: OPEN, eventAtMs: OPEN - MINUTE_MS },
      [240_000, 240_000, 240_000],
    ],
    [
      'published every 100 s',
      { receivedAtMs: OPEN, eventAtMs: OPEN, rate: rhythm(100_000) },
      [80_000, 160_000, 300_000],
    ],
    [
      'published every 100 s, and the next is due',
      { receivedAtMs: OPEN, eventAtMs: OPEN - 90_000, rate: rhythm(100_000) },
      [1_000, 2_000, 210_000],
    ],
    [
      'older than the TTL, nothing known of its rhythm',
      { receivedAtMs: OPEN, eventAtMs: OPEN - 400_000 },
      [1_000, 1_000, 1_000],
    ],
    [
      'older than the TTL, but the next is far off',
      { receivedAtMs: OPEN, eventAtMs: OPEN - 400_000, rate: rhythm(600_000) },
      [80_000, 80_000, 80_000],
    ],
    [
      'of last month',
      { receivedAtMs: OPEN, eventAtMs: OPEN - 30 * 24 * HOUR_MS },
      [240_000, 240_000, 240_000],
    ],
  ])('%s', (_title, found, expected) => {
    expect(gaugeSpans(found)).toEqual(expected);
  });
});

describe('the provider’s word', () => {
  test.each<[string, Partial<HttpCaching>, number[] | null]>([
    ['no-store', { noStore: true }, null],
    ['max-age counts before the estimate', { maxAgeMs: 30_000 }, [30_000, 60_000, 300_000]],
    ['a max-age beyond the TTL lengthens nothing', { maxAgeMs: HOUR_MS }, [300_000, 300_000, 300_000]],
    ['must-revalidate: never stale', { maxAgeMs: 30_000, mustRevalidate: true }, [30_000, 30_000, 30_000]],
    ['no-cache', { maxAgeMs: 0, mustRevalidate: true }, [0, 0, 0]],
  ])('%s', (_title, caching, expected) => {
    expect(gaugeSpans({ receivedAtMs: OPEN, caching })).toEqual(expected);
  });

  test('a price of an open market lives no longer for it', () => {
    expect(quoteSpans({ receivedAtMs: OPEN, caching: { maxAgeMs: HOUR_MS } })).toEqual([2_500, 2_500, 2_500]);
  });
});

test.each([
  [1, 1_000],
  [0.2, 1_000],
  [0.1, 2_500],
  [0, 2_500],
  [0.18, 1_300],
])('with %d of a budget left a price is kept for %d ms', (leftShare, freshMs) => {
  expect(quoteSpans({ receivedAtMs: OPEN, leftShare })?.[0]).toBe(freshMs);
});

test('the scarcest budget or allowance counts', () => {
  const budget = { usdPerDay: 10, usdPerMonth: null, callsPerDay: 100, callsPerMonth: 0 };
  const left = { usdLeftToday: 5, usdLeftThisMonth: null, callsLeftToday: 30, callsLeftThisMonth: null };
  const runsOutAtMs = null;
  expect(leftShareOf(null, null, [])).toBe(1);
  expect(leftShareOf(budget, { ...left, runsOutAtMs }, [])).toBe(0.3);
  expect(leftShareOf(budget, { ...left, runsOutAtMs }, [{ max: 25, used: 20 }])).toBeCloseTo(0.2);
  expect(leftShareOf(budget, { ...left, callsLeftThisMonth: 0, runsOutAtMs }, [])).toBe(0);
  expect(leftShareOf(null, null, [{ max: 25, used: 30 }])).toBe(0);
});

test.each([
  ['market', [1_000, 2_000, 2_500, 2_500]],
  ['gauge', [1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]],
] as const)('no data for a %s question stand longer each time, within bounds', (kind, expected) => {
  const question: Question = { kind, instrument: instrumentOf('AAPL') };
  expect(expected.map((_, index) => noDataTtlMs(question, index + 1, OPTIONS))).toEqual(expected);
});

test('the moments are in order, and no opinion and no price in an open market is served beyond its bound', () => {
  const rate = fc.option(
    fc.record({
      eventAtMs: fc.constant(OPEN),
      intervalMs: fc.option(fc.integer({ min: 1, max: 1e9 })),
      price: fc.option(fc.double({ min: 0.01, max: 1e6, noNaN: true })),
      variancePerMs: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
    }),
  );
  const found = fc.record({
    receivedAtMs: fc.integer({ min: SATURDAY - 30 * 24 * HOUR_MS, max: SATURDAY + 30 * 24 * HOUR_MS }),
    ageMs: fc.integer({ min: -5_000, max: 1e9 }),
    rate,
    maxAgeMs: fc.option(fc.integer({ min: 0, max: 1e10 })),
    mustRevalidate: fc.boolean(),
    leftShare: fc.double({ min: 0, max: 1, noNaN: true }),
    symbol: fc.constantFrom('AAPL', 'BTC-USD'),
  });
  fc.assert(
    fc.property(found, ({ receivedAtMs, ageMs, maxAgeMs, mustRevalidate, symbol, ...known }) => {
      const shared = { receivedAtMs, caching: { maxAgeMs, mustRevalidate }, ...known };
      const opinion = gaugeSpans({ ...shared, eventAtMs: receivedAtMs - ageMs }) ?? [];
      const quote = quoteSpans({ ...shared, symbol }) ?? [];
      for (const moments of [opinion, quote]) {
        expect(moments).toEqual(moments.toSorted((a, b) => a - b));
        expect(moments[0]).toBeGreaterThanOrEqual(0);
      }
      expect(opinion[2]).toBeLessThanOrEqual(OPTIONS.ttlMs);
      const { phase } = sessionAt(instrumentOf(symbol).assetClass, receivedAtMs);
      if (phase === 'open') expect(quote[2]).toBeLessThanOrEqual(2.5 * OPTIONS.quoteTtlMs);
    }),
    { numRuns: 300 },
  );
});
