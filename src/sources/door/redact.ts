import type { SourceSettings } from '../../core/source.ts';

const DETAIL_LENGTH_MAX = 200;
/** Only the head of a body can reach a detail; the rest is not worth cleaning. */
const EXCERPT_LENGTH_MAX = 4000;
const REDACTED = '***';

/** Everything below space, delete, the C1 block, line separators and bidi overrides: what a terminal would obey. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to remove
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]+/g;

/** How a key may stand in a text: as it is, percent-encoded, form-encoded, or inside a JSON string. */
function spellingsOf(key: string): string[] {
  // A lone surrogate has no percent-encoding.
  const encoded = encodeURIComponent(key.toWellFormed());
  const inJson = JSON.stringify(key).slice(1, -1);
  return [key, encoded, encoded.replaceAll('%20', '+'), inJson, inJson.replaceAll('/', '\\/')];
}

/** `text` with every value of `settings.keys` blanked out, in whatever spelling and case it stands. */
export function redactKeys(text: string, settings: SourceSettings): string {
  const spellings = Object.values(settings.keys)
    .filter((key) => key !== '')
    .flatMap(spellingsOf)
    .sort((a, b) => b.length - a.length)
    .map((spelling) => spelling.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return spellings.length === 0 ? text : text.replace(new RegExp(spellings.join('|'), 'gi'), REDACTED);
}

/**
 * Foreign text made fit for one line of a Failure: control characters gone, white space collapsed, keys redacted, at most
 * 200 characters. Cleaned before it is redacted and redacted before it is cut, so that neither step can uncover a key.
 */
export function detailText(text: string, settings: SourceSettings): string {
  const line = text.slice(0, EXCERPT_LENGTH_MAX).replace(CONTROL, ' ').replace(/\s+/g, ' ').trim();
  const clean = redactKeys(line, settings);
  return clean.length <= DETAIL_LENGTH_MAX ? clean : `${clean.slice(0, DETAIL_LENGTH_MAX - 1)}…`;
}
