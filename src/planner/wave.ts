import type { ConsensusOptions } from '../core/options.ts';

/** A voter whose opinion is not known and who can still be asked. */
export type Candidate = {
  readonly sourceId: string;
  /** List price of one call; null counts as paid, since only the bill will tell. */
  readonly priceUsd: number | null;
  readonly weightPpb: number;
};

/**
 * Whom to ask next while a vote is undecided, by source id:
 * `fast` everybody at once; `balanced` all that cost nothing, then the rest; `frugal` one at a time, the one with the
 * most weight per dollar first, since a vote shifts by weight x what the answer differs by, and among equals the one with
 * the most weight. Empty only when there is no candidate.
 */
export function nextWave(policy: ConsensusOptions['policy'], candidates: readonly Candidate[]): string[] {
  if (policy === 'fast') return candidates.map(({ sourceId }) => sourceId);
  if (policy === 'balanced') {
    const free = candidates.filter(({ priceUsd }) => priceUsd === 0);
    return (free.length > 0 ? free : candidates).map(({ sourceId }) => sourceId);
  }
  const [first] = [...candidates].sort(
    (a, b) =>
      usdPerWeight(a) - usdPerWeight(b) || b.weightPpb - a.weightPpb || (a.sourceId < b.sourceId ? -1 : 1),
  );
  return first === undefined ? [] : [first.sourceId];
}

/** What only the bill tells comes last, and so does what has no weight. */
function usdPerWeight({ priceUsd, weightPpb }: Candidate): number {
  if (priceUsd === 0) return 0;
  return priceUsd === null || weightPpb === 0 ? Number.MAX_VALUE : priceUsd / weightPpb;
}

/** Whom to ask for the price: sources of so many operators, the most trusted of each first, then all others at once. */
export function priceWaves<Watcher extends object>(
  watchers: readonly Watcher[],
  operatorOf: (watcher: Watcher) => string,
  operatorsMin: number,
): Watcher[][] {
  if (watchers.length === 0) return [];
  const operators = watchers.map(operatorOf);
  const first = watchers
    .filter((_, index) => operators.indexOf(operators[index] ?? '') === index)
    .slice(0, operatorsMin);
  return [first, watchers.filter((watcher) => !first.includes(watcher))];
}
