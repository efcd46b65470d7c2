/**
 * Chance by address instead of by sequence: every draw is a function of its key, so that a value can be had without
 * drawing the ones before it, and asking more never changes the world. Keys are 32-bit integers.
 */

/** 32-bit key of a text (FNV-1a with a final avalanche). */
export function keyOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  }
  return avalanche(hash);
}

/** The key of `part` under `key`. Any finite number will do as a part: beyond 32 bits both halves count. */
export function subkey(key: number, part: number): number {
  const low = part | 0;
  const high = Math.floor(part / 0x1_0000_0000) | 0;
  return avalanche(Math.imul(key ^ low, 0x9e3779b1) ^ Math.imul(high, 0x85ebca77) ^ (key >>> 15));
}

/** The 32-bit finalizer of MurmurHash3. */
function avalanche(value: number): number {
  let hash = value;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** Uniform in (0, 1), never an end. */
export function uniformAt(key: number): number {
  return (avalanche(key ^ 0x5bd1e995) + 0.5) / 0x1_0000_0000;
}

/** Standard normal (Box-Muller). */
export function gaussianAt(key: number): number {
  return Math.sqrt(-2 * Math.log(uniformAt(key))) * Math.cos(2 * Math.PI * uniformAt(subkey(key, 1)));
}

const FAT_MAX = 20;

/**
 * Student-t with 4 degrees of freedom, scaled to variance 1 and cut at ±20: the quantile of `uniform` in closed form.
 * Source: Shaw (2006), "Sampling Student's T distribution - use of the inverse cumulative distribution function".
 */
export function fatTailed(uniform: number): number {
  const alpha = Math.sqrt(4 * uniform * (1 - uniform));
  const quantile = Math.cos(Math.acos(Math.min(1, alpha)) / 3) / alpha;
  const size = Math.SQRT2 * Math.sqrt(Math.max(0, quantile - 1));
  return Math.min(FAT_MAX, size) * (uniform < 0.5 ? -1 : 1);
}

/**
 * Smooth noise over an integer axis: normal values at multiples of each period, straight lines between, summed.
 * Slow and fast periods together give the long memory of volatility.
 */
export function smoothNoise(key: number, at: number, periods: readonly number[], amplitude: number): number {
  let sum = 0;
  for (const period of periods) {
    const octave = subkey(key, period);
    const place = at / period;
    const left = Math.floor(place);
    const share = place - left;
    sum += (1 - share) * gaussianAt(subkey(octave, left)) + share * gaussianAt(subkey(octave, left + 1));
  }
  return amplitude * sum;
}
