/** Up to `limit` matching items of a list in order of age, the newest first. */
export function newestFirst<T>(items: readonly T[], limit: number, matches: (item: T) => boolean): T[] {
  const found: T[] = [];
  for (let index = items.length - 1; index >= 0 && found.length < limit; index -= 1) {
    const item = items[index];
    if (item !== undefined && matches(item)) found.push(item);
  }
  return found;
}
