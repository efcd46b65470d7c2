import { describe, expect, test } from 'vitest';
import { instrumentOf } from '../core/instrument.ts';
import { GATE_DEFAULTS } from '../core/options.ts';
import type { Quote } from '../core/quote.ts';
import { type WatchPriceInput, type WatchQuote, watchPrice } from './watch-price.ts';

/** A Thursday, an hour into regular trading. */
const NOW_MS = Date.parse('2026-01-15T15:30:05Z');

type Shown = Partial<Quote> & { readonly operator?: string; readonly weight?: number };

/** Sources s0, s1, …, each of its own operator unless named. */
function input(...shown: readonly Shown[]): WatchPriceInput {
  const quotes = shown.map(
    ({ operator, weight, ...quote }, index): WatchQuote => ({
      sourceId: `s${index}`,
      operator: operator ?? `o${index}`,
      weight: weight ?? 1,
      quote: {
        instrumentId: 'AAPL',
        price: 100,
        currency: 'USD',
        bid: null,
        ask: null,
        eventAtMs: NOW_MS - 1_000,
        receivedAtMs: NOW_MS,
        ...quote,
      },
    }),
  );
  return {
    instrument: instrumentOf('AAPL'),
    quotes,
    nowMs: NOW_MS,
    options: GATE_DEFAULTS,
    priceToleranceBps: 50,
    priceOperatorsMin: 2,
  };
}

function result(...shown: readonly Shown[]): string {
  const found = watchPrice(input(...shown));
  return found.kind === 'none'
    ? found.reason
    : `${found.fix.price} by ${found.fix.agreeing.join(' ')} against ${found.fix.dissenting.join(' ')}`.trimEnd();
}

describe('one price from several sources', () => {
  test.each([
    { name: 'nobody', shown: [], gives: 'noPrice' },
    { name: 'one alone is not confirmed', shown: [{}], gives: 'unconfirmedPrice' },
    {
      name: 'nor by a mirror of its own operator',
      shown: [{ operator: 'a' }, { operator: 'a' }],
      gives: 'unconfirmedPrice',
    },
    {
      name: 'two agree, and the price is one that was received',
      shown: [{}, { price: 100.4 }],
      gives: '100 by s0 s1 against',
    },
    {
      name: 'at the tolerance they still agree',
      shown: [{}, { price: 100.5 }],
      gives: '100 by s0 s1 against',
    },
    { name: 'beyond it they do not', shown: [{}, { price: 100.51 }], gives: 'priceDisagreement' },
    {
      name: 'a third settles it',
      shown: [{}, { price: 110 }, { price: 100.2 }],
      gives: '100.2 by s0 s2 against s1',
    },
    { name: 'or does not', shown: [{}, { price: 110 }, { price: 120 }], gives: 'priceDisagreement' },
    {
      name: 'a heavy source does not outweigh two others',
      shown: [{ price: 150, weight: 1_000 }, {}, { price: 100.1 }],
      gives: '100.1 by s1 s2 against s0',
    },
    {
      name: 'nor do the mirrors of one operator',
      shown: [
        { price: 50, operator: 'a' },
        { price: 50, operator: 'a' },
        { price: 50, operator: 'a' },
        { operator: 'b' },
        { price: 100.1, operator: 'c' },
      ],
      gives: '100 by s3 s4 against s0 s1 s2',
    },
    {
      name: 'an operator speaks by its newest quote',
      shown: [
        { price: 90, operator: 'a', eventAtMs: NOW_MS - 60_000 },
        { price: 100, operator: 'a' },
        { operator: 'b' },
      ],
      gives: '100 by s1 s2 against s0',
    },
    {
      name: 'two against two is no majority',
      shown: [{}, {}, { price: 150 }, { price: 150 }],
      gives: 'priceDisagreement',
    },
    {
      name: 'a source without a vote still confirms',
      shown: [{ weight: 0 }, { price: 100.1, weight: 0 }],
      gives: '100 by s0 s1 against',
    },
  ])('$name', ({ shown, gives }) => {
    expect(result(...shown)).toBe(gives);
  });

  test('the order of the quotes does not matter', () => {
    const { quotes, ...rest } = input({ price: 100.2 }, { price: 100.1 }, { price: 99.9 }, { price: 130 });
    expect(watchPrice({ ...rest, quotes: quotes.toReversed() })).toMatchObject({ fix: { price: 100.1 } });
    expect(watchPrice({ ...rest, quotes })).toMatchObject({ fix: { price: 100.1, asOfMs: NOW_MS - 1_000 } });
  });
});

describe('quotes that are left out', () => {
  test.each<{ name: string; shown: Shown; reason: string | null }>([
    { name: 'of another instrument', shown: { instrumentId: 'MSFT' }, reason: 'mismatch' },
    { name: 'in another currency', shown: { currency: 'USDT' }, reason: 'mismatch' },
    { name: 'that are no price', shown: { price: Number.NaN }, reason: 'badPayload' },
    { name: 'of nothing', shown: { price: 0 }, reason: 'badPayload' },
    { name: 'from the future', shown: { eventAtMs: NOW_MS + 5_001 }, reason: 'futurePrice' },
    { name: 'a little ahead of our clock are used', shown: { eventAtMs: NOW_MS + 5_000 }, reason: null },
    { name: 'too old', shown: { eventAtMs: NOW_MS - 90_001 }, reason: 'stalePrice' },
    { name: 'just young enough are used', shown: { eventAtMs: NOW_MS - 90_000 }, reason: null },
    {
      name: 'without a time count from the receipt',
      shown: { eventAtMs: null, receivedAtMs: NOW_MS - 90_001 },
      reason: 'stalePrice',
    },
    { name: 'that contradict', shown: { price: 101 }, reason: 'priceDisagreement' },
  ])('$name', ({ shown, reason }) => {
    const found = watchPrice(input({}, {}, shown));
    expect(found).toMatchObject({
      kind: 'fixed',
      fix: { price: 100 },
      leftOut: reason === null ? [] : [{ sourceId: 's2', reason }],
    });
  });

  test('those from the future and those that contradict are named as dissenting, others are not', () => {
    expect(
      result({}, {}, { eventAtMs: NOW_MS + 60_000 }, { price: 120 }, { currency: 'EUR' }, { eventAtMs: 0 }),
    ).toBe('100 by s0 s1 against s2 s3');
  });

  test('where all are too old the price is stale, where all are of another kind there is none', () => {
    const old = { eventAtMs: NOW_MS - 600_000 };
    expect(watchPrice(input(old, old))).toMatchObject({
      reason: 'stalePrice',
      detail: 's0: 600000 ms old, 90000 ms allowed',
    });
    expect(result(old, { currency: 'EUR' })).toBe('stalePrice');
    expect(result({ currency: 'EUR' }, { currency: 'USDT' })).toBe('noPrice');
    expect(result({}, old)).toBe('unconfirmedPrice');
  });

  test.each([
    ['AAPL', 'USD', 'stalePrice'],
    ['BTC-USD', 'USD', 'fixed'],
  ])(
    'a price of %s from seconds before the opening bell is no price of the session',
    (id, currency, found) => {
      const opensAtMs = Date.parse('2026-01-15T14:30:00Z');
      const early = { instrumentId: id, currency, eventAtMs: opensAtMs - 1, receivedAtMs: opensAtMs + 1_000 };
      const look = { ...input(early, early), instrument: instrumentOf(id), nowMs: opensAtMs + 1_000 };
      const price = watchPrice(look);
      expect(price.kind === 'none' ? price.reason : price.kind).toBe(found);
      const inSession = input({ eventAtMs: opensAtMs }, { eventAtMs: opensAtMs });
      expect(watchPrice({ ...inSession, nowMs: opensAtMs + 1_000 }).kind).toBe('fixed');
    },
  );
});

describe('where three operators must show the price', () => {
  const of = (...shown: readonly Shown[]) => watchPrice({ ...input(...shown), priceOperatorsMin: 3 });

  test('two are too few, and both are named', () => {
    expect(of({}, { price: 100.2 })).toMatchObject({
      kind: 'none',
      reason: 'unconfirmedPrice',
      detail: expect.stringMatching(/^only .* shows a price, 100; .* shows a price, 100\.2$/),
    });
  });

  test('one that lies within the tolerance no longer makes the price', () => {
    expect(of({ price: 99.6 }, { price: 100 }, { price: 100.01 })).toMatchObject({ fix: { price: 100 } });
    expect(watchPrice(input({ price: 99.6 }, { price: 100 }))).toMatchObject({ fix: { price: 99.6 } });
  });
});
