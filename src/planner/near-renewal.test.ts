import fc from 'fast-check';
import { expect, test } from 'vitest';
import { nearAgeMs } from './near-renewal.ts';

const TTL_MS = 100_000;

test.each([
  { distance: 0, weight: 0.2, ageMs: 4_000 },
  { distance: 0.005, weight: 0.2, ageMs: 4_000 },
  { distance: 0.025, weight: 0.2, ageMs: 25_000 },
  { distance: 0.025, weight: 0.4, ageMs: 6_250 },
  { distance: 0.05, weight: 0.2, ageMs: 100_000 },
  { distance: 2, weight: 0.2, ageMs: 100_000 },
  { distance: 0, weight: 0, ageMs: 100_000 },
])(
  'at a distance of $distance an opinion with $weight of the vote is renewed at $ageMs ms',
  ({ ageMs, ...vote }) => {
    expect(nearAgeMs({ ...vote, ttlMs: TTL_MS, nearTtlMs: 4_000 })).toBeCloseTo(ageMs, 6);
  },
);

test('a vote that is nearer is never renewed later, and none after the TTL', () => {
  const share = fc.double({ min: 0, max: 1, noNaN: true });
  const ms = fc.integer({ min: 1, max: 1e9 });
  fc.assert(
    fc.property(share, share, share, ms, ms, (one, other, weight, ttlMs, nearTtlMs) => {
      const [near, far] = [Math.min(one, other), Math.max(one, other)].map((distance) =>
        nearAgeMs({ distance, weight, ttlMs, nearTtlMs }),
      ) as [number, number];
      expect(near).toBeLessThanOrEqual(far);
      expect(far).toBeLessThanOrEqual(ttlMs);
      expect(near).toBeGreaterThanOrEqual(Math.min(ttlMs, nearTtlMs));
    }),
  );
});
