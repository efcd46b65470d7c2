import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { GaugeView, RatingView, StanceView } from '../core/question.ts';
import { GAUGES, gauge } from './gauge.ts';
import { model } from './model.ts';
import { ratings } from './ratings.ts';

const AT_MS = 1_768_487_405_000;

const stance = (fields: Partial<StanceView>): StanceView => ({
  kind: 'stance',
  stance: 'buy',
  confidence: 0.5,
  rationale: '',
  eventAtMs: AT_MS,
  ...fields,
});
const rating = (
  strongBuy: number,
  buy: number,
  hold: number,
  sell: number,
  strongSell: number,
): RatingView => ({
  kind: 'rating',
  strongBuy,
  buy,
  hold,
  sell,
  strongSell,
  eventAtMs: AT_MS,
});
const reading = (name: string, value: number, min: number, max: number): GaugeView => ({
  kind: 'gauge',
  gauge: name,
  value,
  min,
  max,
  eventAtMs: AT_MS,
});

describe('the model analyst', () => {
  test.each([
    ['buy', 0.72, 0.72],
    ['sell', 0.4, -0.4],
    ['hold', 0.9, 0],
    ['sell', 0, 0],
  ] as const)('%s with confidence %d scores %d', (side, confidence, score) => {
    expect(model.assess(stance({ stance: side, confidence }))).toMatchObject({ score, dataAtMs: AT_MS });
  });

  test('quotes the model, shortened', () => {
    expect(model.assess(stance({ confidence: 0.7, rationale: 'Strong close.' }))?.because).toBe(
      'model says buy with confidence 0.70: “Strong close.”',
    );
    expect(model.assess(stance({ rationale: 'x'.repeat(500) }))?.because).toMatch(/: “x{119}…”$/);
    expect(model.assess(stance({}))?.because).toBe('model says buy with confidence 0.50');
  });
});

describe('the ratings analyst', () => {
  test.each([
    [rating(0, 0, 10, 0, 0), 0],
    [rating(1, 0, 0, 0, 0), 0.25],
    [rating(27, 0, 0, 0, 0), 0.9],
    [rating(0, 0, 0, 0, 27), -0.9],
    [rating(10, 20, 15, 1, 1), 18.5 / 50],
  ])('%o scores %d', (view, score) => {
    expect(ratings.assess(view)?.score).toBeCloseTo(score, 12);
  });

  test('says how many say what, and nothing where nobody rates', () => {
    expect(ratings.assess(rating(10, 20, 15, 1, 1))?.because).toBe('47 ratings: 30 buy, 15 hold, 2 sell');
    expect(ratings.assess(rating(0, 0, 0, 0, 0))).toBeNull();
  });

  test('mirrored counts score the negative, and any counts score inside [-1, 1]', () => {
    const count = fc.nat({ max: 60 });
    fc.assert(
      fc.property(count, count, count, count, count, (a, b, c, d, e) => {
        const score = ratings.assess(rating(a, b, c, d, e))?.score ?? 0;
        expect(Math.abs(score)).toBeLessThanOrEqual(1);
        expect(ratings.assess(rating(e, d, c, b, a))?.score ?? 0).toBeCloseTo(-score, 12);
      }),
    );
  });
});

describe('the gauge analyst', () => {
  test.each([
    ['rsi', 50, 0, 100, 0],
    ['rsi', 30, 0, 100, 0.38],
    ['rsi', 80, 0, 100, -0.72],
    ['fearGreed', 25, 0, 100, 0.38],
    ['fearGreed', 0, 0, 100, 0.92],
    ['fearGreed', 75, 0, 100, -0.38],
    ['newsSentiment', 0.35, -1, 1, 0.38],
    ['newsSentiment', -0.35, -1, 1, -0.38],
    ['newsSentiment', 0, -1, 1, 0],
  ])('%s at %d of %d to %d scores %d', (name, value, min, max, score) => {
    expect(gauge.assess(reading(name, value, min, max))?.score).toBeCloseTo(score, 2);
  });

  test('takes a score of its own as it is, aged by its own time', () => {
    expect(gauge.assess(reading('score', -0.4, -1, 1))).toEqual({
      score: -0.4,
      because: 'its own score -0.40',
      dataAtMs: AT_MS,
      agesFromData: true,
    });
  });

  test('says the reading and how it is read', () => {
    expect(gauge.assess(reading('fearGreed', 34, 0, 100))?.because).toBe(
      'fear and greed at 34 of 0 to 100, read against the crowd',
    );
  });

  test.each([
    ['an unknown gauge', reading('moonPhase', 3, 0, 8)],
    ['a name every object has', reading('constructor', 3, 0, 8)],
    ['a value off its scale', reading('rsi', 101, 0, 100)],
    ['a value that is no number', reading('rsi', Number.NaN, 0, 100)],
    ['a score on another scale than -1..1', reading('score', 0.4, 0, 1)],
    ['a score beyond 1', reading('score', 1.1, -1, 1)],
    ['a scale without length', reading('rsi', 5, 5, 5)],
  ])('has nothing to say on %s', (_what, view) => {
    expect(gauge.assess(view)).toBeNull();
  });

  test('scores inside [-1, 1] all over every scale', () => {
    const anyShare = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(fc.constantFrom(...Object.keys(GAUGES)), anyShare, (name, share) => {
        expect(Math.abs(gauge.assess(reading(name, share, 0, 1))?.score ?? 2)).toBeLessThanOrEqual(1);
      }),
    );
  });
});

test('an analyst has nothing to say on a view of another kind', () => {
  expect(model.assess(rating(1, 0, 0, 0, 0))).toBeNull();
  expect(ratings.assess(stance({}))).toBeNull();
  expect(gauge.assess(stance({}))).toBeNull();
});
