/** Of a ratio, to be called one. */
const TOLERANCE = 0.02;
const PARTS_MAX = 5;
const SHARES_FOR_ONE_MAX = 50;

const RATIOS: readonly (readonly [shares: number, forEach: number])[] = [
  ...Array.from({ length: SHARES_FOR_ONE_MAX - 1 }, (_, index) => [index + 2, 1] as const),
  ...[3, 4, 5].flatMap((shares) =>
    Array.from({ length: PARTS_MAX }, (_, index) => [shares, index + 2] as const).filter(
      ([n, m]) => m < n && n % m !== 0,
    ),
  ),
];

/** How a step from one price to another reads as a split: `7:1`, or `1:10` for a reverse one; null where none is near. */
export function splitText(before: number, after: number): string | null {
  const isReverse = after > before;
  const factor = isReverse ? after / before : before / after;
  const offBy = ([shares, forEach]: readonly [number, number]): number =>
    Math.abs(factor / (shares / forEach) - 1);
  const [nearest] = [...RATIOS].sort((a, b) => offBy(a) - offBy(b));
  if (nearest === undefined || offBy(nearest) > TOLERANCE) return null;
  const [shares, forEach] = nearest;
  return isReverse ? `${forEach}:${shares}` : `${shares}:${forEach}`;
}
