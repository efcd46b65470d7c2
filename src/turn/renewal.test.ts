import { expect, test } from 'vitest';
import { distanceOf, renewableAtMs, renewalTimes } from './renewal.ts';

const near = { score: -0.251, certificate: { rules: { thetaMicro: 250_000 } } };
const far = { score: 0.5, certificate: { rules: { thetaMicro: 250_000 } } };
const abstained = { score: null, certificate: { rules: { thetaMicro: 250_000 } } };

function seatOf(id: string, nearTtlMs: number | null, needs: 'gauge' | 'bars' = 'gauge') {
  const seat = { options: { id, ttlMs: 100_000, nearTtlMs }, analyst: { needs } };
  return { seat, desk: { toldAtMs: 1_000_000, refreshAtMs: 1_100_000 }, weightPpb: 166_666_667 };
}

test.each([
  { name: 'near', standing: near, seat: seatOf('a', 4_000), afterMs: 4_000 },
  { name: 'far', standing: far, seat: seatOf('a', 4_000), afterMs: 100_000 },
  { name: 'that abstained', standing: abstained, seat: seatOf('a', 4_000), afterMs: 100_000 },
  { name: 'that is none', standing: null, seat: seatOf('a', 4_000), afterMs: 100_000 },
  { name: 'near, without a nearTtlMs', standing: near, seat: seatOf('a', null), afterMs: 100_000 },
  { name: 'near, read from bars', standing: near, seat: seatOf('a', 4_000, 'bars'), afterMs: 100_000 },
])('under a vote $name an opinion is renewed after $afterMs ms', ({ standing, seat, afterMs }) => {
  expect(renewableAtMs(standing, seat)).toBe(1_000_000 + afterMs);
});

test('never later than something newer may be had anyway', () => {
  const seat = { ...seatOf('a', 4_000), desk: { toldAtMs: 1_000_000, refreshAtMs: 1_003_000 } };
  expect(renewableAtMs(near, seat)).toBe(1_003_000);
});

test('each by the id of its source', () => {
  const times = renewalTimes({ standing: near, voters: [seatOf('a', 4_000), seatOf('b', null)] });
  expect(['a', 'b', 'c'].map(times)).toEqual([1_004_000, 1_100_000, 0]);
});

test('the distance is that of the side that the score is on', () => {
  expect(distanceOf(near)).toBeCloseTo(0.001, 9);
  expect(distanceOf(far)).toBeCloseTo(0.25, 9);
  expect(distanceOf(null)).toBe(0);
});
