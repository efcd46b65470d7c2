/** What stands where a secret stood. */
export const REDACTED = '***';

/** Shorter values are left alone: striking them out would maim every text and protect nothing. */
const SECRET_CHARS_MIN = 4;

/**
 * The one choke point for secrets: whatever is logged, stored or shown passes here. Known secrets are struck out as
 * they are, percent-encoded, escaped for JSON, and inside base64 or base64url of a longer text.
 */
export class Redactor {
  readonly #forms = new Set<string>();
  #pattern: RegExp | null = null;

  constructor(secrets: Iterable<string> = []) {
    this.know(secrets);
  }

  /** Adds secrets: those of a configuration that came later. */
  know(secrets: Iterable<string>): void {
    for (const secret of secrets) {
      if (secret.length < SECRET_CHARS_MIN) continue;
      for (const form of formsOf(secret)) this.#forms.add(form);
    }
    if (this.#forms.size === 0) return;
    // Longest first, so that no remainder of a longer form is left standing.
    const alternatives = [...this.#forms]
      .sort((a, b) => b.length - a.length)
      .map((form) => form.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&'));
    this.#pattern = new RegExp(alternatives.join('|'), 'gi');
  }

  /** `text` with every known secret replaced by {@link REDACTED}. */
  redact(text: string): string {
    return this.#pattern === null ? text : text.replace(this.#pattern, REDACTED);
  }
}

function formsOf(secret: string): string[] {
  const json = JSON.stringify(secret).slice(1, -1);
  const encoded = encodeURIComponent(secret);
  const form = new URLSearchParams([['', secret]]).toString().slice(1);
  return [secret, json, encoded, form, ...base64FormsOf(secret)];
}

/**
 * Base64 works on groups of three bytes, so a secret inside a longer text looks different for each of the three places
 * in a group where it may begin. Only the characters that depend on the secret alone are kept.
 */
function base64FormsOf(secret: string): string[] {
  const bytes = Buffer.from(secret, 'utf8');
  const forms: string[] = [];
  for (const before of [0, 1, 2]) {
    const padded = Buffer.concat([Buffer.alloc(before), bytes]);
    const first = Math.ceil((before * 8) / 6);
    const last = Math.floor((padded.length * 8) / 6);
    const certain = padded.toString('base64').slice(first, last);
    if (certain.length < SECRET_CHARS_MIN) continue;
    forms.push(certain, certain.replaceAll('+', '-').replaceAll('/', '_'));
  }
  return forms;
}
