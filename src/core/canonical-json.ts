/**
 * JSON with sorted object keys and no white space: equal values, equal text, so that hashes can be compared.
 * Throws TypeError on a number that is not finite: such a value must never be stored.
 */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new TypeError(`${value} cannot be stored: only finite numbers can`);
    return JSON.stringify(value);
  }
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item)).join(',')}]`;
  if (typeof value === 'object') return ofObject(value as Readonly<Record<string, unknown>>);
  throw new TypeError(`a ${typeof value} cannot be stored as JSON`);
}

function ofObject(members: Readonly<Record<string, unknown>>): string {
  let text = '';
  for (const key of Object.keys(members).sort()) {
    const member = members[key];
    if (member === undefined) continue;
    text += `${text === '' ? '' : ','}${JSON.stringify(key)}:${canonicalJson(member)}`;
  }
  return `{${text}}`;
}
