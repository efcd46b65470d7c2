import { describe, expect, test } from 'vitest';
import type { ChangeRate } from '../core/cache.ts';
import type { View } from '../core/question.ts';
import { changeRateAfter } from './change-rate.ts';

const AT_MS = Date.UTC(2026, 0, 15, 15);

function gaugeAt(eventAtMs: number): View {
  return { kind: 'gauge', gauge: 'rsi', value: 50, min: 0, max: 100, eventAtMs };
}

function quoteOf(price: number): View {
  const quote = { instrumentId: 'AAPL', price, currency: 'USD', bid: null, ask: null };
  return { kind: 'market', quote: { ...quote, eventAtMs: AT_MS, receivedAtMs: AT_MS }, bars: [] };
}

function afterEvents(gapsMs: readonly number[]): ChangeRate | null {
  let atMs = AT_MS;
  let rate = changeRateAfter(null, gaugeAt(atMs), atMs);
  for (const gapMs of gapsMs) {
    atMs += gapMs;
    rate = changeRateAfter(rate, gaugeAt(atMs), atMs);
  }
  return rate;
}

describe('the rhythm of publication', () => {
  test('is not known after one datum, and is the gap after two', () => {
    expect(afterEvents([])?.intervalMs).toBeNull();
    expect(afterEvents([60_000])?.intervalMs).toBe(60_000);
  });

  test('a shorter gap is believed at once, a longer one slowly: what was missed between looks like one', () => {
    expect(afterEvents([60_000, 20_000])?.intervalMs).toBe(20_000);
    expect(afterEvents([20_000, 60_000])?.intervalMs).toBe(28_000);
  });

  test('the same datum again, or an older one, says nothing', () => {
    const rate = afterEvents([60_000]);
    expect(changeRateAfter(rate, gaugeAt(AT_MS), AT_MS + 60_000)).toBe(rate);
    expect(changeRateAfter(rate, gaugeAt(AT_MS), AT_MS)).toBe(rate);
  });

  test('nothing is learned of bars, nor without a time of the datum', () => {
    expect(changeRateAfter(null, { kind: 'bars', bars: [] }, AT_MS)).toBeNull();
    expect(changeRateAfter(null, quoteOf(1), null)).toBeNull();
  });
});

test('the variance of a price is its squared logarithmic step per ms, newer steps weighing a fifth', () => {
  const first = changeRateAfter(null, quoteOf(100), AT_MS);
  expect(first?.variancePerMs).toBeNull();
  const second = changeRateAfter(first, quoteOf(101), AT_MS + 1_000);
  expect(second?.variancePerMs).toBeCloseTo(Math.log(1.01) ** 2 / 1_000, 12);
  const third = changeRateAfter(second, quoteOf(101), AT_MS + 2_000);
  expect(third?.variancePerMs).toBeCloseTo((0.8 * Math.log(1.01) ** 2) / 1_000, 12);
});
