import { createHash } from 'node:crypto';
import type { AnalystSpec } from '../core/analyst.ts';
import { canonicalJson } from '../core/canonical-json.ts';
import type { HttpJsonDeclaration } from '../core/http-json.ts';
import type { Config } from '../core/options.ts';
import type { Source } from '../core/source.ts';
import { completeConfig } from './complete.ts';
import { readDocument } from './document.ts';
import { type ConfigIssue, issueText } from './issue.ts';
import { fileSchema } from './schema.ts';
import { secretIssues } from './secrets.ts';
import { checkShape } from './shape.ts';
import { resolveVariables, type Surroundings, type VariableMissing } from './variables.ts';

/** What may be named in a file. */
export type Catalogue = {
  readonly sources: Readonly<Record<string, Source>>;
  /** Makes a source of a description of it. */
  readonly declare: (declaration: HttpJsonDeclaration) => Declared;
  readonly analysts: Readonly<Record<string, AnalystSpec>>;
};

export type Declared =
  | { readonly kind: 'ok'; readonly source: Source }
  /** Paths lead on from the declaration. */
  | { readonly kind: 'invalid'; readonly problems: readonly Omit<ConfigIssue, 'line'>[] };

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

  const issues = secretIssues(document);
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

  const shaped = checkShape(fileSchema, resolved, document);
  if (shaped.kind === 'invalid') return shaped;
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
