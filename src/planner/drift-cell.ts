/** Above this many unasked voters nothing narrower than the full range is assumed of any. */
export const UNASKED_MAX = 8;
/** Newest pairs kept: enough for `UNASKED_MAX`, few enough to forget an old world. */
const PAIRS_KEPT_MAX = 9_999;
/** Step size of the adaptation, as a share of the miscoverage: two misses in a row end in the full range. */
const STEP_SHARE = 0.5;

/**
 * How far a score drifts, learned from pairs (score as remembered, score asked afresh) of one kind. The bound is the
 * split-conformal quantile with its finite-sample correction: of n drifts the one of rank ceil((n + 1)(1 - a)), none
 * where that is beyond n. The level a is adapted as in adaptive conformal inference (Gibbs & Candès 2021, "Adaptive
 * Conformal Inference Under Distribution Shift", NeurIPS 34, eq. 2):
 *
 *     a' = a + step x (target - miss),   here never above the target: what was gained is not spent.
 *
 * So on any stream of T pairs, however its distribution moves, misses <= target x T + target / step + 1. The target is
 * `miscoverage` shared by the unasked of a decision; each number of unasked has a level of its own.
 */
export class DriftCell {
  readonly #inOrder: number[] = [];
  readonly #sorted: number[] = [];
  /** By the number of unasked voters less one. */
  readonly #levels: number[];
  readonly #miscoverage: number;

  /** @param miscoverage share of decisions in which some unasked voter may have drifted further than assumed, 0..1 */
  constructor(miscoverage: number) {
    this.#miscoverage = miscoverage;
    this.#levels = Array.from({ length: UNASKED_MAX }, (_, index) => miscoverage / (index + 1));
  }

  get pairs(): number {
    return this.#sorted.length;
  }

  /** Takes in the drift of one pair, in millionths, after holding it against every bound that stood until now. */
  add(driftMicro: number): void {
    for (const [index, level] of this.#levels.entries()) {
      const target = this.#miscoverage / (index + 1);
      const bound = this.boundMicro(index + 1);
      const miss = bound !== null && driftMicro > bound ? 1 : 0;
      this.#levels[index] = Math.min(target, level + STEP_SHARE * target * (target - miss));
    }
    this.#inOrder.push(driftMicro);
    this.#sorted.splice(placeOf(driftMicro, this.#sorted), 0, driftMicro);
    if (this.#inOrder.length <= PAIRS_KEPT_MAX) return;
    const oldest = this.#inOrder.shift() ?? 0;
    this.#sorted.splice(placeOf(oldest, this.#sorted), 1);
  }

  /** Whether the pairs suffice for so many unasked voters, before any adaptation: for one a pair less than 1 / miscoverage. */
  suffices(unasked: number): boolean {
    return unasked <= UNASKED_MAX && conformalRank(this.pairs, this.#miscoverage / unasked) !== null;
  }

  /** No further than this, in millionths, at the shared level of so many unasked voters (1 or more); null: any drift. */
  boundMicro(unasked: number): number | null {
    const level = this.#levels[unasked - 1];
    const rank = level === undefined ? null : conformalRank(this.pairs, level);
    return rank === null ? null : (this.#sorted[rank - 1] ?? null);
  }
}

/**
 * Rank, from 1 for the least, of the drift that the next one exceeds with a chance of at most `level`, all orders of the
 * n + 1 being equally likely: n + 1 - floor((n + 1) x level). Null where no drift seen is large enough.
 */
export function conformalRank(count: number, level: number): number | null {
  const above = Math.floor((count + 1) * level);
  return above < 1 ? null : Math.max(1, count + 1 - above);
}

/** Index of the first value that is not less. */
function placeOf(value: number, sorted: readonly number[]): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
