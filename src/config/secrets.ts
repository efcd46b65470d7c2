import type { ConfigDocument, Path } from './document.ts';
import type { ConfigIssue } from './issue.ts';
import { hasReference, isReference } from './variables.ts';

/**
 * Secrets are referenced, never written, and stand under `keys` only: a file is copied, shown and committed more easily
 * than anyone means to, and what stands elsewhere in it is stored and shown.
 */
export function secretIssues(document: ConfigDocument): ConfigIssue[] {
  return [...membersOf(document.value, 'sources')].flatMap(([id, source]) => [
    ...membersOf(source, 'keys').flatMap(([name, value]) =>
      literalKey(['sources', id, 'keys', name], value, document),
    ),
    ...Object.entries(source ?? {})
      .filter(([name]) => name !== 'keys')
      .flatMap(([name, value]) => references(['sources', id, name], value, document)),
  ]);
}

function membersOf(value: unknown, name: string): [string, unknown][] {
  const member: unknown = (value as Readonly<Record<string, unknown>> | null | undefined)?.[name];
  return member === null || typeof member !== 'object' ? [] : Object.entries(member);
}

function literalKey(path: Path, value: unknown, document: ConfigDocument): ConfigIssue[] {
  if (typeof value === 'string' && isReference(value)) return [];
  return [
    {
      path: path.join('.'),
      line: document.lineOf(path),
      found: 'a value written into the file',
      remedy: 'write ${NAME} for an environment variable or ${file:PATH} for a file that holds it',
    },
  ];
}

/** A reference that is filled in here would be a secret that no redaction knows. */
function references(path: Path, value: unknown, document: ConfigDocument): ConfigIssue[] {
  if (value !== null && typeof value === 'object') {
    return Object.entries(value).flatMap(([name, inner]) => references([...path, name], inner, document));
  }
  if (typeof value !== 'string' || !hasReference(value)) return [];
  return [
    {
      path: path.join('.'),
      line: document.lineOf(path),
      found: JSON.stringify(value).slice(0, 80),
      remedy: 'put a secret under keys (under http it is named {key:NAME}); write anything else out',
    },
  ];
}
