import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type LabLimit, LimitGate } from './limit-gate.ts';

const limitOf = (fields: Partial<LabLimit>): LabLimit => ({
  name: 'test',
  max: 3,
  windowMs: 1_000,
  counting: 'fixed',
  unit: 'requests',
  refusal: 'limit',
  ...fields,
});

const kindsOf = (limit: LabLimit, times: readonly number[]) => {
  const gate = new LimitGate([limit], 0);
  return times.map((atMs) => gate.admit(1, atMs).kind === 'admitted');
};

test.each([
  { counting: 'fixed', times: [900, 950, 999, 999, 1_000], admitted: [true, true, true, false, true] },
  { counting: 'sliding', times: [900, 950, 999, 1_899, 1_900], admitted: [true, true, true, false, true] },
  { counting: 'bucket', times: [0, 0, 0, 300, 334], admitted: [true, true, true, false, true] },
] as const)('three per second, counted $counting, at $times', ({ counting, times, admitted }) => {
  expect(kindsOf(limitOf({ counting }), times)).toEqual(admitted);
});

test('weight counts as many units, requests one', () => {
  const gate = new LimitGate([limitOf({ max: 10, unit: 'weight' }), limitOf({ max: 3, name: 'raw' })], 0);
  expect(gate.admit(8, 0).kind).toBe('admitted');
  expect(gate.admit(4, 0)).toMatchObject({ kind: 'over', limit: { name: 'test' }, retryAfterMs: 1_000 });
  expect([gate.admit(1, 0).kind, gate.admit(1, 0).kind]).toEqual(['admitted', 'admitted']);
  expect(gate.standings(0).map(({ used, remaining }) => [used, remaining])).toEqual([
    [10, 0],
    [3, 0],
  ]);
});

test('a request that one limit refuses is charged to none', () => {
  const gate = new LimitGate([limitOf({ max: 1 }), limitOf({ max: 9, name: 'day' })], 0);
  gate.admit(1, 0);
  for (let more = 0; more < 5; more += 1) gate.admit(1, 0);
  expect(gate.standings(0)[1]?.used).toBe(1);
});

test('after the stated wait the request is admitted, and not a millisecond before', () => {
  const arrivals = fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 5, maxLength: 40 });
  const counting = fc.constantFrom('fixed' as const, 'sliding' as const, 'bucket' as const);
  fc.assert(
    fc.property(counting, arrivals, (kind, gaps) => {
      const limit = limitOf({ counting: kind });
      const gate = new LimitGate([limit], 0);
      let nowMs = 0;
      for (const gap of gaps) {
        nowMs += gap;
        const admission = gate.admit(1, nowMs);
        if (admission.kind === 'admitted') continue;
        expect(admission.retryAfterMs).toBeGreaterThan(0);
        if (admission.retryAfterMs > 1) {
          expect(gate.admit(1, nowMs + admission.retryAfterMs - 1).kind).toBe('over');
        }
        nowMs += admission.retryAfterMs;
        expect(gate.admit(1, nowMs).kind).toBe('admitted');
      }
    }),
    { numRuns: 200 },
  );
});

test('no window of a sliding limit ever holds more than it may', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 300 }), { maxLength: 60 }), (gaps) => {
      const gate = new LimitGate([limitOf({ counting: 'sliding' })], 0);
      const admitted: number[] = [];
      let nowMs = 0;
      for (const gap of gaps) {
        nowMs += gap;
        if (gate.admit(1, nowMs).kind === 'admitted') admitted.push(nowMs);
      }
      for (const atMs of admitted) {
        expect(admitted.filter((other) => other > atMs - 1_000 && other <= atMs).length).toBeLessThanOrEqual(
          3,
        );
      }
    }),
    { numRuns: 200 },
  );
});
