import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FadingMean, healthScore, latencyPart, unknownParts } from './health-score.ts';

function meanOf(values: readonly number[], gapMs = 0): FadingMean {
  const mean = new FadingMean();
  for (const [i, value] of values.entries()) mean.note(value, 1_000 + i * gapMs);
  return mean;
}

describe('the health score', () => {
  test('is unknown before the first exchange', () => {
    expect(healthScore(unknownParts())).toBeNull();
  });

  test.each([
    { title: 'answers', parts: { success: meanOf([1, 1]) }, score: 1 },
    { title: 'fails every other time', parts: { success: meanOf([1, 0]) }, score: 0.5 },
    { title: 'answers with frozen data', parts: { success: meanOf([1]), freshness: meanOf([0]) }, score: 0 },
    {
      title: 'answers in a wrong unit',
      parts: { success: meanOf([1]), agreement: meanOf([0, 0]) },
      score: 0,
    },
    {
      title: 'answers at a quarter of its speed, half of it stale',
      parts: { success: meanOf([1]), latency: meanOf([latencyPart(400, 100)]), freshness: meanOf([0, 1]) },
      score: 0.25,
    },
  ])('of a source that $title is $score', ({ parts, score }) => {
    expect(healthScore({ ...unknownParts(), ...parts })).toBeCloseTo(score, 12);
  });

  test('lies in 0..1 whatever is noted', () => {
    const values = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(values, values, fc.nat(200_000), (success, freshness, gapMs) => {
        const parts = { success: meanOf(success, gapMs), freshness: meanOf(freshness, gapMs) };
        const score = healthScore({ ...unknownParts(), ...parts }) ?? -1;
        expect(score).toBeGreaterThanOrEqual(0);
        expect(score).toBeLessThanOrEqual(1 + 1e-12);
      }),
    );
  });

  test('forgets: after five minutes one success outweighs ten failures', () => {
    const success = meanOf(Array.from({ length: 10 }, () => 0));
    success.note(1, 301_000);
    expect(healthScore({ ...unknownParts(), success })).toBeGreaterThan(0.9);
  });
});

test.each([
  { latencyMs: 50, part: 1 },
  { latencyMs: 200, part: 1 },
  { latencyMs: 400, part: 0.5 },
  { latencyMs: 2_000, part: 0.1 },
])('a latency of $latencyMs ms beside a norm of 100 ms counts $part', ({ latencyMs, part }) => {
  expect(latencyPart(latencyMs, 100)).toBeCloseTo(part, 12);
});
