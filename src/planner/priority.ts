/** What a call is worth, as far as it can be told before the answer. */
export type Prospect = {
  /** Share of the vote that the answer speaks for, 0..1; 1 for a price, on which everything rests. */
  readonly weight: number;
  /** How far the score that stands lies from its threshold, 0..2; 0 where nothing stands. */
  readonly distance: number;
  /** Age of what is known already, in its TTLs; Infinity where nothing is. */
  readonly ageTtls: number;
  /** Volatility of the newest bars against the usual one; 1 is usual. */
  readonly volatilityRatio: number;
  /** Move of the price since everything was weighed, in what opens the change gate; 1 opens it. */
  readonly moves: number;
  /** How much of the answer's TTL lies before the session ends, 0..1. */
  readonly useful: number;
};

/** What is older is as good as unknown. */
const AGE_TTLS_MAX = 16;
/** So many rounds held back are worth as much as the greatest prospect. */
export const AGEING_ROUNDS = 12;

/**
 * Expected change of decision per call, 0..1, as an estimate: the share of the score that the answer may shift, against
 * that and what it has to shift to change the decision,
 *
 *     shift = weight x (volatilityRatio x sqrt(age) + moves),   worth = useful x shift / (shift + distance)
 *
 * since what was true drifts like a random walk, the faster the wilder the market, and a price that has moved is news.
 * Only the order of asking rests on it, nothing that is decided. All calls that wait for one source have the same price,
 * so per call is per dollar there; between sources the price counts in `nextWave`.
 */
export function worthOf({ weight, distance, ageTtls, volatilityRatio, moves, useful }: Prospect): number {
  const shift = weight * (volatilityRatio * Math.sqrt(Math.min(ageTtls, AGE_TTLS_MAX)) + moves);
  return shift === 0 ? 0 : (useful * shift) / (shift + distance);
}

/**
 * Priority of a question that has been held back for so many rounds in a row: its worth, in the upper half for pinned
 * symbols and in the lower half for others, and 1 for every `AGEING_ROUNDS` of waiting.
 *
 * No symbol starves: where n symbols ask in every round and `a` may leave, each leaves within ceil(n / a) +
 * AGEING_ROUNDS rounds. For one that left no earlier than AGEING_ROUNDS rounds after another has waited so much less that
 * no worth makes up for it: from there on each of the others goes before the one that waits once at most.
 */
export function priorityOf(
  worth: number,
  { isPinned, heldBack }: { isPinned: boolean; heldBack: number },
): number {
  return (isPinned ? 1 + worth : worth) / 2 + heldBack / AGEING_ROUNDS;
}
