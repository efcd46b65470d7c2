/** A mean that forgets: a value that is `FORGET_MS` older weighs 1/e of a new one. */
export type FadingMean = { readonly sum: number; readonly weight: number; readonly atMs: number };

export const NO_MEAN: FadingMean = { sum: 0, weight: 0, atMs: 0 };

const FORGET_MS = 60_000;

/** The mean with one more value, noted now. */
export function noted(mean: FadingMean, value: number, nowMs: number): FadingMean {
  const kept = mean.weight === 0 ? 0 : Math.exp(Math.min(0, mean.atMs - nowMs) / FORGET_MS);
  return { sum: mean.sum * kept + value, weight: mean.weight * kept + 1, atMs: nowMs };
}

/** What is known of one source; every value noted lies in 0..1. */
export type HealthParts = {
  /** 1 for an exchange that was not spoilt by the provider, 0 for one that was. */
  readonly success: FadingMean;
  /** {@link latencyPart} of every exchange that was answered. */
  readonly latency: FadingMean;
  /** 1 for data that were new enough, 0 for stale or frozen ones. */
  readonly freshness: FadingMean;
  /** 1 for data that agreed with what the others showed, 0 for outliers. */
  readonly agreement: FadingMean;
};

export const NO_PARTS: HealthParts = {
  success: NO_MEAN,
  latency: NO_MEAN,
  freshness: NO_MEAN,
  agreement: NO_MEAN,
};

/** Up to so many times its norm a latency is as good as any. */
const USUAL_FACTOR = 2;

/** 1 up to twice the norm, then falling as its inverse: half of it at four times. */
export function latencyPart(latencyMs: number, normMs: number): number {
  return latencyMs <= USUAL_FACTOR * normMs ? 1 : (USUAL_FACTOR * normMs) / latencyMs;
}

/**
 * success x latency x freshness x agreement, each the fading mean of its part and 1 where nothing is known of it: a source
 * that is good at three of them and hopeless at one is of no use. 0..1; null before the first exchange.
 */
export function healthScore({ success, latency, freshness, agreement }: HealthParts): number | null {
  if (success.weight === 0) return null;
  return [success, latency, freshness, agreement].reduce(
    (score, { sum, weight }) => score * (weight === 0 ? 1 : sum / weight),
    1,
  );
}
