/**
 * The first slot after `nowMs`. Slots lie `cycleOffsetMs` after each multiple of the cycle: the same for every process
 * that runs on the same clock.
 */
export function nextSlot(nowMs: number, cycleMs: number, cycleOffsetMs: number): number {
  return (Math.floor((nowMs - cycleOffsetMs) / cycleMs) + 1) * cycleMs + cycleOffsetMs;
}
