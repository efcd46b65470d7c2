/** Of the way to what was just seen: how far a norm goes with a call that is nothing unusual. */
export const USUAL_SHARE = 1 / 20;

/** What an endpoint or a source usually takes, in ms: an exponential mean of its answers. `normMs` is null before the first. */
export function learnedNormMs(normMs: number | null, latencyMs: number, share: number): number {
  return normMs === null ? latencyMs : normMs + share * (latencyMs - normMs);
}
