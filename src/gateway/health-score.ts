const FORGET_MS = 60_000;

/** A mean that forgets: a value that is `FORGET_MS` older weighs 1/e of a new one. */
export class FadingMean {
  #sum = 0;
  #weight = 0;
  #atMs = 0;

  /** Takes in one more value, noted now. */
  note(value: number, nowMs: number): void {
    const kept = this.#weight === 0 ? 0 : Math.exp(Math.min(0, this.#atMs - nowMs) / FORGET_MS);
    this.#sum = this.#sum * kept + value;
    this.#weight = this.#weight * kept + 1;
    this.#atMs = nowMs;
  }

  /** Null before the first value. */
  get mean(): number | null {
    return this.#weight === 0 ? null : this.#sum / this.#weight;
  }
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

export function unknownParts(): HealthParts {
  return {
    success: new FadingMean(),
    latency: new FadingMean(),
    freshness: new FadingMean(),
    agreement: new FadingMean(),
  };
}

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
  if (success.mean === null) return null;
  return [success, latency, freshness, agreement].reduce((score, { mean }) => score * (mean ?? 1), 1);
}
