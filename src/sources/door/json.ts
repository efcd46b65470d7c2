/** Providers nest 6 levels deep at most; beyond this a body is an attack or an accident. */
export const NESTING_MAX = 64;

export type JsonRead =
  | { readonly kind: 'ok'; readonly value: unknown }
  | { readonly kind: 'failed'; readonly detail: string };

export type JsonRecord = Readonly<Record<string, unknown>>;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** Where the string ends that began before `from`: most of a body lies in strings, and a search leaps over them. */
function stringEnd(text: string, from: number): number {
  for (let at = text.indexOf('"', from); at !== -1; at = text.indexOf('"', at + 1)) {
    let backslashes = 0;
    while (text.charCodeAt(at - 1 - backslashes) === BACKSLASH) backslashes++;
    if (backslashes % 2 === 0) return at;
  }
  return text.length;
}

/** Deepest nesting of objects and arrays, as far as the brackets outside strings tell; stops counting above the limit. */
function nestingOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) at = stringEnd(text, at + 1);
    else if (code === 0x7b || code === 0x5b) {
      depth++;
      if (depth > deepest) deepest = depth;
      if (deepest > NESTING_MAX) return deepest;
    } else if (code === 0x7d || code === 0x5d) depth--;
  }
  return deepest;
}

/**
 * Reads a body as JSON. Never throws. A leading byte order mark is dropped (RFC 8259 section 8.1 lets a reader do so); of
 * two members with one name the last counts, as JSON.parse has it; nesting beyond {@link NESTING_MAX} is refused.
 * The value may hold Infinity (from `1e400`) and a member called `__proto__`: read it only with {@link field},
 * {@link members} and the readers of number.ts.
 */
export function readJson(text: string): JsonRead {
  const body = text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
  if (body.trim() === '') return { kind: 'failed', detail: 'the body is empty' };
  if (nestingOf(body) > NESTING_MAX) {
    return { kind: 'failed', detail: `the body is nested deeper than ${NESTING_MAX} levels` };
  }
  try {
    return { kind: 'ok', value: JSON.parse(body) };
  } catch {
    // V8's message quotes the body, which may echo a key.
    return { kind: 'failed', detail: `the body of ${body.length} characters is not JSON` };
  }
}

export function isRecord(value: unknown): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value at a path of own member names and array indexes; undefined where the path leads nowhere. */
export function field(value: unknown, ...path: readonly (string | number)[]): unknown {
  let at = value;
  for (const step of path) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, step)) return undefined;
    at = (at as Record<string | number, unknown>)[step];
  }
  return at;
}

/** The items of an array; none for anything else. */
export function items(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** Own members of an object in the body's order; none for anything else. */
export function members(value: unknown): readonly (readonly [string, unknown])[] {
  return isRecord(value) ? Object.entries(value) : [];
}

/** A string that is not empty, or null. */
export function textAt(value: unknown, ...path: readonly (string | number)[]): string | null {
  const found = field(value, ...path);
  return typeof found === 'string' && found !== '' ? found : null;
}
