const PLACEHOLDER = /\{([^{}]*)\}/g;

/** Names of the placeholders in a template: `symbol`, `symbols`, `key:token`. */
export function placeholders(template: string): string[] {
  return [...template.matchAll(PLACEHOLDER)].map(([, name = '']) => name);
}

/** Names of the keys that a template asks for: `token` of `{key:token}`. */
export function keyNames(template: string): string[] {
  return placeholders(template)
    .filter((name) => name.startsWith('key:'))
    .map((name) => name.slice('key:'.length));
}

/** The template with every placeholder replaced by what `replacement` gives for its name. */
export function fillTemplate(template: string, replacement: (name: string) => string): string {
  return template.replace(PLACEHOLDER, (_whole, name: string) => replacement(name));
}
