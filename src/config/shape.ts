import { z } from 'zod';
import type { ConfigDocument, Path } from './document.ts';
import type { ConfigIssue } from './issue.ts';

export type ShapeChecked<T> =
  | { readonly kind: 'ok'; readonly data: T }
  | { readonly kind: 'invalid'; readonly issues: readonly ConfigIssue[] };

/** Holds `value`, which came from `document`, against a schema; what does not fit is told with its place in the file. */
export function checkShape<T extends z.ZodType>(
  schema: T,
  value: unknown,
  document: ConfigDocument,
): ShapeChecked<z.output<T>> {
  const shaped = schema.safeParse(value);
  if (shaped.success) return { kind: 'ok', data: shaped.data };
  const shape = z.toJSONSchema(schema, { io: 'input' });
  return {
    kind: 'invalid',
    issues: oncePerPath(shaped.error.issues.flatMap((issue) => shapeIssues(issue, document, shape))),
  };
}

/** A number that is far too large is told once, not once for each bound that it breaks. */
function oncePerPath(issues: readonly ConfigIssue[]): ConfigIssue[] {
  return [...new Map(issues.toReversed().map((issue) => [issue.path, issue])).values()].reverse();
}

type JsonShape = { properties?: Record<string, JsonShape>; additionalProperties?: JsonShape | boolean };

function shapeIssues(issue: z.core.$ZodIssue, document: ConfigDocument, shape: unknown): ConfigIssue[] {
  const path = issue.path.map((part) => (typeof part === 'symbol' ? String(part) : part));
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      path: [...path, key].join('.'),
      line: document.lineOf([...path, key]),
      found: 'an unknown key',
      remedy: `known here are ${knownKeys(shape as JsonShape, path).join(', ')}`,
    }));
  }
  const value = valueAt(document.value, path);
  return [
    {
      path: path.join('.'),
      line: document.lineOf(path),
      found: foundText(value),
      remedy: remedyOf(issue, value),
    },
  ];
}

function foundText(value: unknown): string {
  if (value === undefined) return 'nothing';
  // JSON knows neither infinity nor what is no number, and would say null.
  return typeof value === 'number' ? String(value) : JSON.stringify(value).slice(0, 80);
}

/** In the words of YAML: what a program calls a record is a mapping there. */
const WANTED: Readonly<Record<string, string>> = {
  object: 'expected a mapping; {} leaves everything as it is by default',
  record: 'expected a mapping, such as { name: {} }',
  array: 'expected a list, such as [one, two]',
  string: 'expected text',
};

/** What `found` says already, or the colon before it. */
const RESTATED = /^(Invalid input|Invalid option|Too small|Too big): |, received .*$/g;

const LOOKS_OTHERWISE = new Set(['number', 'boolean']);

function remedyOf(issue: z.core.$ZodIssue, value: unknown): string {
  if (issue.code === 'invalid_key') return issue.issues[0]?.message ?? issue.message;
  // A schema's own words come before these.
  const isPlain = issue.code === 'invalid_type' && issue.message.startsWith('Invalid input: expected ');
  const wanted = isPlain ? WANTED[issue.expected] : undefined;
  if (wanted === WANTED.string && LOOKS_OTHERWISE.has(typeof value))
    return `${wanted}: put it into quotes, "${String(value)}"`;
  return wanted ?? issue.message.replace(RESTATED, '');
}

function knownKeys(shape: JsonShape, path: Path): string[] {
  let at: JsonShape = shape;
  for (const part of path) {
    const inner = at.properties?.[String(part)] ?? at.additionalProperties;
    if (typeof inner !== 'object') return [];
    at = inner;
  }
  return Object.keys(at.properties ?? {});
}

function valueAt(value: unknown, path: Path): unknown {
  let at = value;
  for (const part of path) {
    if (at === null || typeof at !== 'object') return undefined;
    at = (at as Record<string | number, unknown>)[part];
  }
  return at;
}
