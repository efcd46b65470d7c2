import type { Random } from '../core/random.ts';

/** The runtime's own chance, different in every process. Not for secrets. */
export const systemRandom: Random = { next: () => Math.random() };
