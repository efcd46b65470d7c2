/** One request as the client saw it, with what the server says it took. All in ms of one monotonic clock. */
export type Exchange = { readonly startMs: number; readonly endMs: number; readonly serverMs: number };

/**
 * Server time on the slowest chain of exchanges that a cycle had to wait for: from the last one that ended inside the
 * cycle back to the latest one that had ended before it began, and so on. What a cycle takes beyond that is overhead.
 */
export function criticalPathMs(exchanges: readonly Exchange[], cycleEndMs: number): number {
  let untilMs = cycleEndMs;
  let pathMs = 0;
  const before = exchanges.filter(({ endMs }) => endMs <= cycleEndMs).toSorted((a, b) => b.endMs - a.endMs);
  for (const { startMs, endMs, serverMs } of before) {
    if (endMs > untilMs) continue;
    pathMs += serverMs;
    untilMs = startMs;
  }
  return pathMs;
}

/** The value below which a share of the samples lies (nearest rank); null without samples. */
export function percentile(samples: readonly number[], share: number): number | null {
  const sorted = samples.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(share * sorted.length) - 1))] ?? null;
}
