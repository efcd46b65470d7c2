import { describe, expect, test } from 'vitest';
import type { Fault } from '../faults.ts';
import { Recovery } from './recovery.ts';

const OUTAGE: Fault = { kind: 'dead', fromMs: 1_000, toMs: 2_000 };

function waited(faults: readonly Fault[], arrivals: readonly (readonly [atMs: number, status: number])[]) {
  const recovery = new Recovery([{ id: 'a', faults }]);
  for (const [atMs, status] of arrivals) recovery.arrival('a', { atMs, status });
  return recovery.waitedMs;
}

describe('recovery', () => {
  test('counts from the end of an outage to the first good answer', () => {
    expect(
      waited(
        [OUTAGE],
        [
          [1_500, 0],
          [2_100, 500],
          [2_300, 200],
          [9_000, 200],
        ],
      ),
    ).toEqual({
      p50: 300,
      p99: 300,
      max: 300,
    });
  });

  test('takes outages that touch as one', () => {
    expect(waited([OUTAGE, { kind: 'hang', fromMs: 1_500, toMs: 4_000 }], [[4_050, 200]])?.max).toBe(50);
  });

  test('counts every outage once', () => {
    const later: Fault = { kind: 'error500', fromMs: 5_000, toMs: 6_000 };
    const { p50, max } =
      waited(
        [OUTAGE, later],
        [
          [2_010, 200],
          [6_400, 200],
        ],
      ) ?? {};
    expect([p50, max]).toEqual([10, 400]);
  });

  test.each([
    [
      'of a fault that leaves answers',
      [{ kind: 'slow', factor: 2, toMs: 100 }] as const,
      [[200, 200]] as const,
    ],
    ['of an outage without an end', [{ kind: 'dead', fromMs: 100 }] as const, [[200, 200]] as const],
    ['before anyone asks', [OUTAGE], []],
  ])('knows nothing %s', (_, faults, arrivals) => {
    expect(waited(faults, arrivals)).toBeNull();
  });
});
