import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { AnalystSpec } from '../core/analyst.ts';
import { canonicalJson } from '../core/canonical-json.ts';
import type { Config } from '../core/options.ts';
import type { Source } from '../core/source.ts';
import { completeConfig } from './complete.ts';
import { type ConfigDocument, type Path, readDocument } from './document.ts';
import { type ConfigIssue, issueText } from './issue.ts';
import { fileSchema } from './schema.ts';
import { isReference, resolveVariables, type Surroundings, type VariableMissing } from './variables.ts';

/** What may be named in a file. */
export type Catalogue = {
  readonly sources: Readonly<Record<string, Source>>;
  readonly analysts: Readonly<Record<string, AnalystSpec>>;
};

export type ConfigLoaded =
  | { readonly kind: 'ok'; readonly config: Config; readonly version: string }
  | { readonly kind: 'invalid'; readonly issues: readonly ConfigIssue[] };

/**
 * From the text of sextant.yaml to a checked, complete configuration, or to the list of everything wrong with it.
 * Order: YAML -> references -> shape -> sense. Never throws.
 */
export function loadConfig(text: string, catalogue: Catalogue, around: Surroundings): ConfigLoaded {
  const read = readDocument(text);
  if (read.kind === 'invalid') return read;
  const { document } = read;

  const issues = literalKeys(document);
  const missing: VariableMissing[] = [];
  const resolved = resolveVariables(document.value, around, missing);
  for (const { path, reference, remedy } of missing) {
    issues.push({
      path: path.join('.'),
      line: document.lineOf(path),
      found: `${reference} without a value`,
      remedy,
    });
  }
  if (issues.length > 0) return { kind: 'invalid', issues };

  const shaped = fileSchema.safeParse(resolved);
  if (!shaped.success) {
    const shape = z.toJSONSchema(fileSchema, { io: 'input' });
    return {
      kind: 'invalid',
      issues: shaped.error.issues.flatMap((issue) => shapeIssues(issue, document, shape)),
    };
  }
  const completed = completeConfig(shaped.data, catalogue, (path) => document.lineOf(path));
  if (completed.kind === 'invalid') return completed;
  return { kind: 'ok', config: completed.config, version: configVersion(completed.config) };
}

/** The same for people: one line per issue. */
export function issueLines(issues: readonly ConfigIssue[]): string[] {
  return issues.map(issueText);
}

/** The configuration without its secrets: what may be stored and shown. Key names stay, values become `***`. */
export function redactedConfig(config: Config): unknown {
  return {
    ...config,
    symbols: config.symbols.map(({ id }) => id),
    sources: config.sources.map((source) => ({
      ...source,
      keys: Object.fromEntries(Object.keys(source.keys).map((name) => [name, '***'])),
    })),
  };
}

/** First 12 hex digits of the SHA-256 of the redacted configuration: two files that mean the same have one version. */
export function configVersion(config: Config): string {
  return createHash('sha256')
    .update(canonicalJson(redactedConfig(config)))
    .digest('hex')
    .slice(0, 12);
}

/** Secrets are referenced, never written: a file is copied, shown and committed more easily than anyone means to. */
function literalKeys(document: ConfigDocument): ConfigIssue[] {
  const issues: ConfigIssue[] = [];
  const sources = (document.value as { sources?: unknown }).sources;
  if (sources === null || typeof sources !== 'object') return issues;
  for (const [id, source] of Object.entries(sources)) {
    const keys: unknown = (source as { keys?: unknown } | null)?.keys;
    if (keys === null || typeof keys !== 'object') continue;
    for (const [name, value] of Object.entries(keys)) {
      if (typeof value === 'string' && isReference(value)) continue;
      const path = ['sources', id, 'keys', name];
      issues.push({
        path: path.join('.'),
        line: document.lineOf(path),
        found: 'a value written into the file',
        remedy: 'write ${NAME} for an environment variable or ${file:PATH} for a file that holds it',
      });
    }
  }
  return issues;
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
      found: value === undefined ? 'nothing' : JSON.stringify(value).slice(0, 80),
      remedy: issue.message.replace(/^(Invalid input|Invalid option|Too small|Too big): /, ''),
    },
  ];
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
