/** A share with what it was counted over. */
export type Proportion = {
  readonly of: number;
  readonly count: number;
  /** Null over nothing. */
  readonly rate: number | null;
};

export function proportion(count: number, of: number): Proportion {
  return { of, count, rate: of === 0 ? null : count / of };
}

export type Cluster = { readonly count: number; readonly of: number };

/**
 * How many independent observations clusters of dependent ones are worth: the number counted over the design effect, the
 * ratio of the variance between clusters to that of independent draws (Kish 1965, 8.2). At most the number counted.
 */
export function effectiveSize(clusters: readonly Cluster[]): number {
  const of = clusters.reduce((sum, cluster) => sum + cluster.of, 0);
  const rate = clusters.reduce((sum, cluster) => sum + cluster.count, 0) / of;
  const independent = (rate * (1 - rate)) / of;
  if (clusters.length < 2 || !(independent > 0)) return of;
  const squares = clusters.reduce((sum, cluster) => sum + (cluster.count - rate * cluster.of) ** 2, 0);
  const between = (clusters.length / (clusters.length - 1)) * (squares / of ** 2);
  return of / Math.max(1, between / independent);
}
