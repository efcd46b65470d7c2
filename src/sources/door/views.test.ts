import { describe, expect, test } from 'vitest';
import { failure } from '../../core/failure.ts';
import type { Question } from '../../core/question.ts';
import { barsQuestion, questionOf, RECEIVED_AT_MS, responseOf, verdicts } from '../exchange.testing.ts';
import { type BarRow, barsReading, soundBars } from './bars-view.ts';
import { marketReading, type QuoteParts } from './market-view.ts';
import { matchBySymbol, okReading } from './readings.ts';

const parts: QuoteParts = {
  price: 271.34,
  currency: 'USD',
  bid: 271.31,
  ask: 271.36,
  eventAtMs: 1_795_208_399_871,
};
const apple = questionOf('market', 'AAPL');

describe('a market reading', () => {
  const read = (change: Partial<QuoteParts>) => marketReading(apple, responseOf(''), { ...parts, ...change });

  test('carries what the provider said', () => {
    expect(read({})).toEqual(
      okReading({
        kind: 'market',
        quote: {
          instrumentId: 'AAPL',
          price: 271.34,
          currency: 'USD',
          bid: 271.31,
          ask: 271.36,
          eventAtMs: 1_795_208_399_871,
          receivedAtMs: RECEIVED_AT_MS,
        },
        bars: [],
      }),
    );
  });

  test.each([
    { change: { price: null }, kind: 'badPayload' },
    { change: { price: 0 }, kind: 'badPayload' },
    { change: { price: Number.NaN }, kind: 'badPayload' },
    { change: { currency: 'USDT' }, kind: 'mismatch' },
    { change: { currency: 'GBp' }, kind: 'mismatch' },
    { change: { bid: 637, ask: 637.11 }, kind: 'badPayload' },
    { change: { bid: 27_131, ask: 27_136 }, kind: 'badPayload' },
  ])('fails on $change as $kind', ({ change, kind }) => {
    expect(verdicts([read(change)])).toEqual([kind]);
  });

  test.each([
    { why: 'crossed', change: { bid: 271.4 } },
    { why: 'one-sided', change: { ask: null } },
    { why: 'wider than a market', change: { bid: 1, ask: 9999 } },
  ])('loses a book that is $why and keeps the price', ({ change }) => {
    expect(read(change)).toMatchObject({
      kind: 'ok',
      view: { quote: { price: 271.34, bid: null, ask: null } },
    });
  });
});

const OPEN_AT_MS = Date.UTC(2026, 10, 20, 20, 30);
const row = (minute: number, change: Partial<BarRow> = {}): BarRow => ({
  openAtMs: OPEN_AT_MS + minute * 60_000,
  open: 10,
  high: 12,
  low: 9,
  close: 11,
  volume: 100,
  ...change,
});

describe('bars', () => {
  test('come out ascending, closed, one per minute, the later row winning', () => {
    const rows = [row(2), row(0), row(1), row(0, { close: 11.5 }), row(30)];
    const { bars, heldBack } = soundBars(rows, 60_000, RECEIVED_AT_MS);
    expect(bars.map((bar) => [(bar.openAtMs - OPEN_AT_MS) / 60_000, bar.close])).toEqual([
      [0, 11.5],
      [1, 11],
      [2, 11],
    ]);
    expect(heldBack).toEqual([]);
  });

  test.each([
    { change: { openAtMs: null }, detail: 'a bar without a readable time' },
    { change: { close: null }, detail: 'the bar of 2026-11-20T20:30:00.000Z has a field that is no number' },
    { change: { high: 8 }, detail: 'the bar of 2026-11-20T20:30:00.000Z: low 9 is above high 8' },
    { change: { volume: -1 }, detail: 'the bar of 2026-11-20T20:30:00.000Z: volume is -1' },
  ])('are held back: $detail', ({ change, detail }) => {
    expect(soundBars([row(0, change)], 60_000, RECEIVED_AT_MS)).toEqual({ bars: [], heldBack: [detail] });
  });

  const read = (rows: readonly BarRow[], question = barsQuestion('AAPL')) =>
    verdicts([barsReading(question, responseOf(''), rows)]);

  test.each([
    { why: 'one sound bar', rows: [row(0), row(1, { low: 99 })], verdict: 'ok' },
    { why: 'no row', rows: [], verdict: 'noData' },
    { why: 'rows outside the window only', rows: [row(-31)], verdict: 'noData' },
    { why: 'an open bar only', rows: [row(30)], verdict: 'noData' },
    { why: 'a row in mid-minute only', rows: [row(0.5)], verdict: 'noData' },
    { why: 'rows that cannot be true', rows: [row(0, { low: 99 })], verdict: 'badPayload' },
    {
      why: 'sound bars and one that opens ahead of our clock',
      rows: [row(0), row(32)],
      verdict: 'badPayload',
    },
  ])('of $why read as $verdict', ({ rows, verdict }) => {
    expect(read(rows)).toEqual([verdict]);
  });

  test('that are shorter than asked are a mismatch', () => {
    expect(read([row(0), row(1)], barsQuestion('AAPL', { intervalMs: 300_000 }))).toEqual(['mismatch']);
  });
});

test('days before and after the clocks change do not overlap', () => {
  const days = [Date.UTC(2026, 2, 7, 5), Date.UTC(2026, 2, 8, 5), Date.UTC(2026, 2, 9, 4)];
  const question = barsQuestion('AAPL', { intervalMs: 86_400_000, fromMs: Date.UTC(2026, 2, 1) });
  const reading = barsReading(
    question,
    responseOf(''),
    days.map((openAtMs) => row(0, { openAtMs })),
  );
  expect(verdicts([reading])).toEqual(['ok']);
});

describe('answers', () => {
  const batch = ['AAPL', 'NVDA', 'TSLA'].map((id) => questionOf('market', id));
  const read = (answer: unknown, question: Question) =>
    marketReading(question, responseOf(''), { ...parts, bid: null, ask: null, price: answer as number });

  test('are matched by symbol in whatever order, others left aside, the missing named', () => {
    const answers: [string, unknown][] = [
      ['META', 1],
      ['TSLA', 3],
      ['AAPL', 1],
    ];
    const readings = matchBySymbol(
      batch,
      (instrument) => instrument.base,
      answers,
      read,
      (symbol) => failure('unknownSymbol', `${symbol} is not in the answer`),
    );
    expect(
      readings.map((one) => (one.kind === 'ok' && one.view.kind === 'market' ? one.view.quote.price : one)),
    ).toEqual([1, { kind: 'failed', failure: failure('unknownSymbol', 'NVDA is not in the answer') }, 3]);
  });
});
