import { type Document, isMap, isNode, isScalar, isSeq, LineCounter, parseDocument, visit } from 'yaml';
import type { ConfigIssue } from './issue.ts';

/** Larger files are refused unread. A list of 100,000 symbols is smaller. */
export const CONFIG_BYTES_MAX = 1_500_000;

/**
 * Brackets, commas, quotes, items, lines and what else means something, counted before anything is parsed: each costs the parser up to
 * 10 µs, whatever it means. Ten thousand symbols fit in.
 */
const MARKS_MAX = 11_000;
const MARK = /\n[ \t]*(?:-[ \t])?|[-?]\s|[[\]{},:&*!|>%@`"'\\#\r]/g;

/** No configuration is nested so deep, and the parser's time grows with the square of the depth. */
const DEPTH_MAX = 50;

/** A picture of the place with every error would take the square of the text. */
const YAML_OPTIONS = {
  schema: 'core',
  uniqueKeys: false,
  strict: true,
  prettyErrors: false,
  logLevel: 'error',
} as const;

export type Path = readonly (string | number)[];

export type ConfigDocument = {
  readonly value: unknown;
  /** 1-based line of the node at `path`, or of its nearest parent that is there. */
  lineOf(path: Path): number | null;
};

export type DocumentRead =
  | { readonly kind: 'ok'; readonly document: ConfigDocument }
  | { readonly kind: 'invalid'; readonly issues: readonly ConfigIssue[] };

/**
 * Reads YAML 1.2 (core schema): no custom tags, no duplicate keys, few aliases, so that a file cannot blow up in memory
 * or say one thing twice. Never throws.
 */
export function readDocument(text: string): DocumentRead {
  const bytes = Buffer.byteLength(text);
  if (bytes > CONFIG_BYTES_MAX) {
    return invalid(null, `${bytes} bytes`, `keep the file below ${CONFIG_BYTES_MAX} bytes`);
  }
  const marked = manyMarks(text);
  if (marked !== null) {
    const found = `more than ${MARKS_MAX} lines, items, brackets and quotes`;
    return invalid(
      marked.line,
      found,
      'keep the file shorter: thousands of symbols belong into a list, symbols: ${file:symbols.txt}',
    );
  }
  if (isTooDeep(text)) {
    return invalid(
      null,
      `more than ${DEPTH_MAX} levels of brackets, lists or indentation`,
      'write it with fewer levels',
    );
  }
  const lines = new LineCounter();
  const parsed = withoutStacks(() => parseDocument(text, { ...YAML_OPTIONS, lineCounter: lines }));
  const problem = parsed.errors[0] ?? parsed.warnings[0];
  if (problem !== undefined) {
    return invalid(lines.linePos(problem.pos[0]).line, problem.message, 'mend the YAML there');
  }
  const twice = keyTwice(parsed);
  if (twice !== null) {
    const line = lines.linePos(twice.offset).line;
    return invalid(line, `the key "${twice.key}" a second time`, 'mend the YAML there');
  }
  if (!isMap(parsed.contents)) {
    return invalid(
      null,
      text.trim() === '' ? 'nothing' : 'no mapping',
      'begin with "symbols:" and "sources:"',
    );
  }
  try {
    const value: unknown = parsed.toJS({ maxAliasCount: 20 });
    if (holdsItself(value))
      return invalid(null, 'an alias inside what it stands for', 'write the values out');
    let offsets: ReadonlyMap<string, number> | null = null;
    return {
      kind: 'ok',
      document: {
        value,
        lineOf(path) {
          offsets ??= offsetsOf(parsed);
          for (let length = path.length; length > 0; length -= 1) {
            const offset = offsets.get(pathKey(path.slice(0, length)));
            if (offset !== undefined) return lines.linePos(offset).line;
          }
          return null;
        },
      },
    };
  } catch (error) {
    return invalid(
      null,
      error instanceof Error ? error.message : String(error),
      'write the values out instead of using aliases',
    );
  }
}

/** Few aliases keep the walk short. */
function holdsItself(value: unknown, holders: ReadonlySet<unknown> = new Set()): boolean {
  if (value === null || typeof value !== 'object') return false;
  if (holders.has(value)) return true;
  const within = new Set(holders).add(value);
  return Object.values(value).some((inner) => holdsItself(inner, within));
}

/** The parser makes an error of everything that is wrong, and tracing where it was made takes half its time. */
function withoutStacks<T>(parse: () => T): T {
  const before = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  try {
    return parse();
  } finally {
    Error.stackTraceLimit = before;
  }
}

/** The line in which the marks become too many; null where they do not. */
function manyMarks(text: string): { readonly line: number } | null {
  let marks = 0;
  let line = 1;
  for (const [mark] of text.matchAll(MARK)) {
    if (mark.startsWith('\n')) line += 1;
    marks += 1;
    if (marks > MARKS_MAX) return { line };
  }
  return null;
}

/** By counting, not by parsing; brackets inside quotes count, of which none has so many. */
function isTooDeep(text: string): boolean {
  let depth = 0;
  for (const [bracket] of text.matchAll(/[[\]{}]/g)) {
    depth += bracket === '[' || bracket === '{' ? 1 : -1;
    if (depth > DEPTH_MAX) return true;
  }
  return new RegExp(`(?:[-?:][ \\t]+){${DEPTH_MAX}}`).test(text) || isTooFarIndented(text);
}

function isTooFarIndented(text: string): boolean {
  const indents: number[] = [];
  for (const [, spaces = ''] of text.matchAll(/^( *)[^ \n\r]/gm)) {
    while ((indents.at(-1) ?? -1) >= spaces.length) indents.pop();
    if (indents.push(spaces.length) > DEPTH_MAX) return true;
  }
  return false;
}

/** The parser's own check takes the square of the number of keys: minutes for a long file. */
function keyTwice(parsed: Document.Parsed): { readonly key: string; readonly offset: number } | null {
  let found: { key: string; offset: number } | null = null;
  visit(parsed, {
    Map: (_, { items }) => {
      const keys = new Set<string>();
      for (const { key } of items) {
        const name = isScalar(key) ? String(key.value) : String(key);
        if (keys.has(name)) {
          found = { key: name, offset: (isNode(key) ? key.range?.[0] : undefined) ?? 0 };
          return visit.BREAK;
        }
        keys.add(name);
      }
      return undefined;
    },
  });
  return found;
}

/** Where each value begins, by its path; a search through every mapping for every issue would take the square. */
function offsetsOf({ contents }: Document.Parsed): ReadonlyMap<string, number> {
  const offsets = new Map<string, number>();
  const walk = (node: unknown, path: Path): void => {
    const offset = isNode(node) ? node.range?.[0] : undefined;
    if (offset !== undefined) offsets.set(pathKey(path), offset);
    if (isMap(node)) {
      for (const { key, value } of node.items)
        walk(value, [...path, isScalar(key) ? String(key.value) : String(key)]);
    } else if (isSeq(node)) {
      for (const [index, item] of node.items.entries()) walk(item, [...path, index]);
    }
  };
  walk(contents, []);
  return offsets;
}

function pathKey(path: Path): string {
  return JSON.stringify(path.map(String));
}

function invalid(line: number | null, found: string, remedy: string): DocumentRead {
  return { kind: 'invalid', issues: [{ path: '', line, found, remedy }] };
}
