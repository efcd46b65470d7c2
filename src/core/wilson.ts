const Z_95 = 1.959964;

/**
 * Score interval of a share at 95 % (Wilson 1927). `size` may be smaller than the number counted where observations hang
 * together. Null over nothing.
 */
export function wilson95(rate: number | null, size: number): readonly [low: number, high: number] | null {
  if (rate === null || size <= 0) return null;
  const z2 = Z_95 ** 2;
  const centre = (rate + z2 / (2 * size)) / (1 + z2 / size);
  const half = (Z_95 / (1 + z2 / size)) * Math.sqrt((rate * (1 - rate)) / size + z2 / (4 * size ** 2));
  return [Math.max(0, centre - half), Math.min(1, centre + half)];
}
