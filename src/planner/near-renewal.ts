/** An opinion is taken to drift by so much over its TTL, on the scale of scores from -1 to 1. */
const DRIFT_PER_TTL = 0.25;

export type NearVote = {
  /** How far the standing score lies from its threshold, 0..2. */
  readonly distance: number;
  /** Share of the vote that the opinion speaks for, 0..1. */
  readonly weight: number;
  /** How long the opinion counts as its value, in ms. */
  readonly ttlMs: number;
  /** No opinion is renewed before this age, in ms, however near the vote is. */
  readonly nearTtlMs: number;
};

/**
 * The age in ms at which an opinion may have taken the standing score across its threshold if it drifts as a random walk,
 *
 *     weight x DRIFT_PER_TTL x sqrt(age / ttl) = distance
 *
 * so the nearer a vote is, the sooner its opinions are renewed: no sooner than `nearTtlMs`, at `ttlMs` at the latest.
 */
export function nearAgeMs({ distance, weight, ttlMs, nearTtlMs }: NearVote): number {
  const drift = weight * DRIFT_PER_TTL;
  const ageTtls = distance < drift ? (distance / drift) ** 2 : 1;
  return Math.min(ttlMs, Math.max(nearTtlMs, ttlMs * ageTtls));
}
