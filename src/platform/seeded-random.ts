import { createHash } from 'node:crypto';
import type { Random } from '../core/random.ts';

/** Rounds thrown away so that similar seeds have parted before the first number is used. */
const WARM_UP_ROUNDS = 12;

/**
 * sfc32: equal seeds give equal sequences on every machine. Its three words start as the SHA-256 of the seed. For
 * simulation and jitter, not for secrets.
 * @see Doty-Humphrey, PractRand, "sfc" (small fast counting), 32-bit words
 */
export function createSeededRandom(seed: string): Random {
  const digest = createHash('sha256').update(seed, 'utf8').digest();
  let a = digest.readInt32LE(0);
  let b = digest.readInt32LE(4);
  let c = digest.readInt32LE(8);
  let counter = 1;

  const next = (): number => {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return (sum >>> 0) / 2 ** 32;
  };
  for (let round = 0; round < WARM_UP_ROUNDS; round += 1) next();
  return { next };
}
