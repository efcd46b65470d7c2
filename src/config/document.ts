import { type Document, isMap, isNode, isScalar, LineCounter, parseDocument, visit } from 'yaml';
import type { ConfigIssue } from './issue.ts';

/** Larger files are refused unread. */
export const CONFIG_BYTES_MAX = 1_000_000;

/** No configuration is nested so deep, and the parser's time grows with the square of the depth. */
const DEPTH_MAX = 50;

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
  if (isTooDeep(text)) {
    return invalid(null, `more than ${DEPTH_MAX} levels of brackets or lists`, 'write it with fewer levels');
  }
  const lines = new LineCounter();
  const parsed = parseDocument(text, { lineCounter: lines, schema: 'core', uniqueKeys: false, strict: true });
  const [problem] = [...parsed.errors, ...parsed.warnings];
  if (problem !== undefined) {
    const line = problem.linePos?.[0].line ?? null;
    return invalid(line, problem.message.split('\n')[0] ?? problem.code, 'mend the YAML there');
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
    return {
      kind: 'ok',
      document: {
        value,
        lineOf(path) {
          for (let length = path.length; length > 0; length -= 1) {
            const node = parsed.getIn(path.slice(0, length), true);
            const offset = isNode(node) ? node.range?.[0] : undefined;
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

/** By counting, not by parsing; brackets inside quotes count, of which none has so many. */
function isTooDeep(text: string): boolean {
  let depth = 0;
  for (const [bracket] of text.matchAll(/[[\]{}]/g)) {
    depth += bracket === '[' || bracket === '{' ? 1 : -1;
    if (depth > DEPTH_MAX) return true;
  }
  return new RegExp(`(?:[-?:][ \\t]+){${DEPTH_MAX}}`).test(text);
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

function invalid(line: number | null, found: string, remedy: string): DocumentRead {
  return { kind: 'invalid', issues: [{ path: '', line, found, remedy }] };
}
