import type { Path } from './document.ts';

/** Where `${NAME}` and `${file:PATH}` come from. */
export type Surroundings = {
  env(name: string): string | undefined;
  /** Trimmed content, or null when the file cannot be read. */
  file(path: string): string | null;
};

export type VariableMissing = { readonly path: Path; readonly reference: string; readonly remedy: string };

const REFERENCE = /\$\{(?:file:([^}]+)|([A-Za-z_][A-Za-z0-9_]*))\}/g;

/** Whether a text is nothing but one reference, as a secret has to be. */
export function isReference(text: string): boolean {
  return /^\$\{(?:file:[^}]+|[A-Za-z_][A-Za-z0-9_]*)\}$/.test(text);
}

/** Whether a reference stands anywhere in a text. */
export function hasReference(text: string): boolean {
  return text.search(REFERENCE) !== -1;
}

/** The files that the references in a text name, each once. */
export function filesNamedIn(text: string): string[] {
  return [...new Set([...text.matchAll(REFERENCE)].flatMap(([, file]) => file ?? []))];
}

/** Puts values in place of references in every string of a tree. What is missing is listed, not guessed. */
export function resolveVariables(
  value: unknown,
  around: Surroundings,
  missing: VariableMissing[],
  path: Path = [],
): unknown {
  if (typeof value === 'string') return resolveText(value, around, missing, path);
  if (Array.isArray(value)) {
    return value.map((item, index) => resolveVariables(item, around, missing, [...path, index]));
  }
  if (value !== null && typeof value === 'object') {
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [
        key,
        resolveVariables(item, around, missing, [...path, key]),
      ]),
    );
  }
  return value;
}

function resolveText(text: string, around: Surroundings, missing: VariableMissing[], path: Path): string {
  return text.replace(REFERENCE, (reference, file: string | undefined, name: string | undefined) => {
    const value = file === undefined ? around.env(name ?? '') : around.file(file);
    if (value !== undefined && value !== null && value !== '') return value;
    missing.push({
      path,
      reference,
      remedy:
        file === undefined ? `set the environment variable ${name}` : `write the value into the file ${file}`,
    });
    return '';
  });
}
