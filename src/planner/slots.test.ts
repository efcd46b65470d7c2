import fc from 'fast-check';
import { expect, test } from 'vitest';
import { nextSlot } from './slots.ts';

test('the next slot is the first one after a moment, and slots are a cycle apart', () => {
  const moments = fc.record({
    nowMs: fc.integer({ min: 0, max: 2e12 }),
    cycleMs: fc.integer({ min: 100, max: 3_600_000 }),
    offset: fc.double({ min: 0, max: 0.999, noNaN: true }),
  });
  fc.assert(
    fc.property(moments, ({ nowMs, cycleMs, offset }) => {
      const offsetMs = Math.floor(offset * cycleMs);
      const slotAtMs = nextSlot(nowMs, cycleMs, offsetMs);
      expect(slotAtMs).toBeGreaterThan(nowMs);
      expect(slotAtMs - nowMs).toBeLessThanOrEqual(cycleMs);
      expect((slotAtMs - offsetMs) % cycleMs).toBe(0);
      expect(nextSlot(slotAtMs, cycleMs, offsetMs)).toBe(slotAtMs + cycleMs);
    }),
  );
});
