/**
 * The smallest list that still fails, as far as leaving out single parts can find it: what remains fails, and does not
 * when any one of its items is taken away. `fails` must hold of `items`, and is asked at most `triesMax` times.
 * @see Zeller and Hildebrandt, Simplifying and Isolating Failure-Inducing Input (IEEE TSE 2002)
 */
export async function ddmin<T>(
  items: readonly T[],
  fails: (some: readonly T[]) => Promise<boolean>,
  triesMax: number,
): Promise<readonly T[]> {
  let tries = 0;
  const stillFails = async (some: readonly T[]): Promise<boolean> => {
    if (tries >= triesMax) return false;
    tries += 1;
    return fails(some);
  };
  if (items.length > 0 && (await stillFails([]))) return [];
  let left = items;
  let parts = 2;
  while (left.length >= 2) {
    const smaller = await firstOf(withoutEachPart(left, parts), stillFails);
    if (smaller !== null) {
      left = smaller;
      parts = Math.max(2, parts - 1);
    } else if (parts >= left.length) {
      break;
    } else {
      parts = Math.min(left.length, 2 * parts);
    }
  }
  return left;
}

function* withoutEachPart<T>(items: readonly T[], parts: number): Generator<readonly T[]> {
  for (let part = 0; part < parts; part += 1) {
    const from = Math.floor((part * items.length) / parts);
    const to = Math.floor(((part + 1) * items.length) / parts);
    yield [...items.slice(0, from), ...items.slice(to)];
  }
}

async function firstOf<T>(
  candidates: Iterable<readonly T[]>,
  fits: (candidate: readonly T[]) => Promise<boolean>,
): Promise<readonly T[] | null> {
  for (const candidate of candidates) if (await fits(candidate)) return candidate;
  return null;
}
