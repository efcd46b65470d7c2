import type { ConsensusOptions } from '../core/options.ts';

/** A voter whose opinion is not known and who can still be asked. */
export type Candidate = {
  readonly sourceId: string;
  /** List price of one call; null counts as paid, since only the bill will tell. */
  readonly priceUsd: number | null;
  readonly weightPpb: number;
};

/**
 * Whom to ask next while a vote is undecided:
 * `fast` everybody at once; `balanced` all that cost nothing, then the rest; `frugal` one at a time, the one with the
 * most weight per dollar first, since a vote shifts by weight x what the answer differs by, and among equals the one with
 * the most weight. Empty only when there is no candidate.
 */
export function nextWave<Asked extends Candidate>(
  policy: ConsensusOptions['policy'],
  candidates: readonly Asked[],
): readonly Asked[] {
  if (policy === 'fast') return candidates;
  if (policy === 'balanced') {
    const free = candidates.filter(({ priceUsd }) => priceUsd === 0);
    return free.length > 0 ? free : candidates;
  }
  return candidates
    .toSorted(
      (a, b) =>
        usdPerWeight(a) - usdPerWeight(b) || b.weightPpb - a.weightPpb || (a.sourceId < b.sourceId ? -1 : 1),
    )
    .slice(0, 1);
}

/** What only the bill tells comes last, and so does what has no weight. */
function usdPerWeight({ priceUsd, weightPpb }: Candidate): number {
  if (priceUsd === 0) return 0;
  return priceUsd === null || weightPpb === 0 ? Number.MAX_VALUE : priceUsd / weightPpb;
}

/** Whom to ask for the price: sources of so many operators, the most trusted of each first, then all others at once. */
export function priceWaves<Watcher>(
  watchers: readonly Watcher[],
  operatorOf: (watcher: Watcher) => string,
  operatorsMin: number,
): Watcher[][] {
  const first: Watcher[] = [];
  const others: Watcher[] = [];
  for (const watcher of watchers) {
    const isAnother = !first.some((known) => operatorOf(known) === operatorOf(watcher));
    (isAnother && first.length < operatorsMin ? first : others).push(watcher);
  }
  return [first, others];
}
