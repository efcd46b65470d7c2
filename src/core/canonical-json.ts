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
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item)).join(',')}]`;
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

function ofObject(members: JsonMembers): string {
  let text = '';
  for (const key of Object.keys(members).sort()) {
    const member = members[key];
    if (member === undefined) continue;
    text += `${text === '' ? '' : ','}${ofText(key)}:${canonicalJson(member)}`;
  }
  return `{${text}}`;
}

function ofText(text: string): string {
  return PLAIN.test(text) ? `"${text}"` : JSON.stringify(text);
}
