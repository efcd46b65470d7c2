/** More keys than that are not sorted by insertion. */
const INSERTED_MAX = 32;

/** What an object does not keep where it was put: the runtime has keys that look like numbers first. */
const MOVED = Symbol('moved');
const MOVED_KEY = /^(?:\d|__proto__$)/;

/**
 * JSON with sorted object keys and no white space: equal values, equal text, so that hashes can be compared.
 * Throws TypeError on a number that is not finite: such a value must never be stored.
 */
export function canonicalJson(value: unknown): string {
  const ordered = inOrder(value);
  return ordered === MOVED ? textOf(value) : JSON.stringify(ordered);
}

/**
 * A copy whose keys lie in order, for the runtime to write: a third quicker until it is hashed than text put together here,
 * which is thousands of pieces. {@link MOVED} where a copy cannot have them in order.
 */
function inOrder(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return storable(value);
  if (Array.isArray(value)) {
    const items: unknown[] = [];
    for (const item of value) {
      const ordered = inOrder(item);
      if (ordered === MOVED) return MOVED;
      items.push(ordered);
    }
    return items;
  }
  const members = value as JsonMembers;
  const copy: Record<string, unknown> = {};
  for (const key of sorted(Object.keys(members))) {
    const member = members[key];
    if (member === undefined) continue;
    const ordered = MOVED_KEY.test(key) ? MOVED : inOrder(member);
    if (ordered === MOVED) return MOVED;
    copy[key] = ordered;
  }
  return copy;
}

function storable(value: unknown): unknown {
  if (typeof value === 'number' && !Number.isFinite(value))
    throw new TypeError(`${value} cannot be stored: only finite numbers can`);
  if (value === null || typeof value === 'string' || typeof value === 'boolean' || typeof value === 'number')
    return value;
  throw new TypeError(`a ${typeof value} cannot be stored as JSON`);
}

function textOf(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(textOf).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(storable(value));
  const members = value as JsonMembers;
  const texts = sorted(Object.keys(members))
    .filter((key) => members[key] !== undefined)
    .map((key) => `${JSON.stringify(key)}:${textOf(members[key])}`);
  return `{${texts.join(',')}}`;
}

/** Whether two values have the same canonical text, without writing it. */
export function sameJson(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) || Array.isArray(b)) {
    if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false;
    return a.every((item, index) => sameJson(item, b[index]));
  }
  const [left, right] = [a as JsonMembers, b as JsonMembers];
  for (const key of Object.keys(left)) if (!sameJson(left[key], right[key])) return false;
  for (const key of Object.keys(right)) {
    if (left[key] === undefined && right[key] !== undefined) return false;
  }
  return true;
}

type JsonMembers = Readonly<Record<string, unknown>>;

/** In place. By insertion: objects have few keys, and the sort of the runtime takes longer to begin than that. */
function sorted(keys: string[]): string[] {
  if (keys.length > INSERTED_MAX) return keys.sort();
  for (let index = 1; index < keys.length; index += 1) {
    const key = keys[index] as string;
    let at = index;
    for (; at > 0 && (keys[at - 1] as string) > key; at -= 1) keys[at] = keys[at - 1] as string;
    keys[at] = key;
  }
  return keys;
}
