export const PAGE_LIMIT_MAX = 500;

/** Throws RangeError on a page size outside 1..500: callers check what they take from others. */
export function assertPageLimit(limit: number): void {
  if (Number.isInteger(limit) && limit >= 1 && limit <= PAGE_LIMIT_MAX) return;
  throw new RangeError(`limit is ${limit}: a page holds 1 to ${PAGE_LIMIT_MAX} rows`);
}
