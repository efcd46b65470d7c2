/**
 * The 97.5 % quantile of Student's t: that of the normal distribution, widened for how little `freedom` (4 or more) tells of the
 * spread. Within 0.3 % at 4, 0.02 % at 9. @see Abramowitz and Stegun, Handbook of Mathematical Functions, 26.7.5
 */
export function studentT95(freedom: number): number {
  const z = Z_95;
  return (
    z +
    (z ** 3 + z) / (4 * freedom) +
    (5 * z ** 5 + 16 * z ** 3 + 3 * z) / (96 * freedom ** 2) +
    (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / (384 * freedom ** 3)
  );
}

/** The same of the normal distribution. */
export const Z_95 = 1.959964;
