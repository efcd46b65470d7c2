const Z_95 = 1.959964;

/** Score interval of a share at 95 % (Wilson 1927), for independent observations. Null over nothing. */
export function wilson95(count: number, of: number): readonly [low: number, high: number] | null {
  if (of === 0) return null;
  const rate = count / of;
  const z2 = Z_95 ** 2;
  const centre = (rate + z2 / (2 * of)) / (1 + z2 / of);
  const half = (Z_95 / (1 + z2 / of)) * Math.sqrt((rate * (1 - rate)) / of + z2 / (4 * of ** 2));
  return [Math.max(0, centre - half), Math.min(1, centre + half)];
}
