/** Keys that are no names of fields come without end. */
const KEY_TEXTS_MAX = 1_000;
/** More keys than that are not sorted by insertion. */
const INSERTED_MAX = 32;
/** Text that JSON leaves as it is: printable ASCII but for the quote and the backslash. */
const PLAIN = /^[\x20\x21\x23-\x5b\x5d-\x7e]*$/;

/**
 * JSON with sorted object keys and no white space: equal values, equal text, so that hashes can be compared.
 * Throws TypeError on a number that is not finite: such a value must never be stored.
 */
export function canonicalJson(value: unknown): string {
  if (typeof value === 'string') return ofText(value);
  if (value === null || typeof value === 'boolean') return `${value}`;
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new TypeError(`${value} cannot be stored: only finite numbers can`);
    return `${value}`;
  }
  if (Array.isArray(value)) return ofArray(value);
  if (typeof value === 'object') return ofObject(value as JsonMembers);
  throw new TypeError(`a ${typeof value} cannot be stored as JSON`);
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

function ofArray(items: readonly unknown[]): string {
  let text = '[';
  for (let index = 0; index < items.length; index += 1) {
    text += `${index === 0 ? '' : ','}${canonicalJson(items[index])}`;
  }
  return `${text}]`;
}

function ofObject(members: JsonMembers): string {
  let text = '';
  for (const key of sorted(Object.keys(members))) {
    const member = members[key];
    if (member === undefined) continue;
    text += (text === '' ? '{' : ',') + textOfKey(key) + canonicalJson(member);
  }
  return text === '' ? '{}' : `${text}}`;
}

/** What was written before: the names of fields are few, and looking one up is quicker than looking through it. */
const keyTexts = new Map<string, string>();

function textOfKey(key: string): string {
  const known = keyTexts.get(key);
  if (known !== undefined) return known;
  const text = `${ofText(key)}:`;
  if (keyTexts.size < KEY_TEXTS_MAX) keyTexts.set(key, text);
  return text;
}

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

function ofText(text: string): string {
  return PLAIN.test(text) ? `"${text}"` : JSON.stringify(text);
}
