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

const Z_95 = 1.959964;

/**
 * Score interval of a share at 95 % (Wilson 1927). `size` may be smaller than the number counted where observations hang
 * together, see {@link effectiveSize}. Null over nothing.
 */
export function wilson95(rate: number | null, size: number): readonly [low: number, high: number] | null {
  if (rate === null || size <= 0) return null;
  const z2 = Z_95 ** 2;
  const centre = (rate + z2 / (2 * size)) / (1 + z2 / size);
  const half = (Z_95 / (1 + z2 / size)) * Math.sqrt((rate * (1 - rate)) / size + z2 / (4 * size ** 2));
  return [Math.max(0, centre - half), Math.min(1, centre + half)];
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
