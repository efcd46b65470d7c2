/** Chance comes in from outside: one seed, one history. */
export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
}
