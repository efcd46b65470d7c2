/** The first multiple of the cycle after `nowMs`: slots are the same for every process that runs on the same clock. */
export function nextSlot(nowMs: number, cycleMs: number): number {
  return (Math.floor(nowMs / cycleMs) + 1) * cycleMs;
}
