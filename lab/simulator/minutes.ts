/** Scenario files count in minutes after their start. */
export const MINUTE_MS = 60_000;

/** Unix ms, whole. */
export function momentOf(minute: number, startAtMs: number): number {
  return startAtMs + Math.round(minute * MINUTE_MS);
}

export function minuteOf(atMs: number, startAtMs: number): number {
  return (atMs - startAtMs) / MINUTE_MS;
}
