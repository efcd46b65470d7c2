import type { HttpResponse } from '../core/http.ts';

/** What an answer's headers say about keeping it (RFC 9111, for the cache of one user). */
export type HttpCaching = {
  readonly noStore: boolean;
  /** Not to be served any more once it is older than `maxAgeMs`, whatever happens. */
  readonly mustRevalidate: boolean;
  /** How much longer it counts as fresh, in ms, at least 0; null where nothing is said. */
  readonly maxAgeMs: number | null;
  readonly etag: string | null;
  readonly lastModified: string | null;
};

export const NO_CACHING: HttpCaching = {
  noStore: false,
  mustRevalidate: false,
  maxAgeMs: null,
  etag: null,
  lastModified: null,
};

/** Longer ones are not sent back. */
const VALIDATOR_CHARS_MAX = 256;

/** Never throws; what cannot be read counts as not said, but for an unreadable `expires`, which means: at once. */
export function cachingOf({ headers }: Pick<HttpResponse, 'headers'>): HttpCaching {
  const { 'cache-control': control, expires, etag, 'last-modified': lastModified } = headers;
  if (control === undefined && expires === undefined && etag === undefined && lastModified === undefined)
    return NO_CACHING;
  const said = directivesOf(control ?? '');
  return {
    noStore: said.has('no-store'),
    mustRevalidate: said.has('no-cache') || said.has('must-revalidate'),
    maxAgeMs: said.has('no-cache') ? 0 : maxAgeMsOf(said.get('max-age'), headers),
    etag: validator(etag),
    lastModified: validator(lastModified),
  };
}

function directivesOf(control: string): Map<string, string> {
  return new Map(
    control.split(',').map((directive) => {
      const [name = '', value = ''] = directive.split('=');
      return [name.trim().toLowerCase(), value.trim().replaceAll('"', '')];
    }),
  );
}

function maxAgeMsOf(maxAge: string | undefined, headers: HttpResponse['headers']): number | null {
  const ageMs = (secondsOf(headers.age) ?? 0) * 1_000;
  const maxAgeS = secondsOf(maxAge);
  if (maxAgeS !== null) return Math.max(0, maxAgeS * 1_000 - ageMs);
  if (headers.expires === undefined) return null;
  const expiresAtMs = Date.parse(headers.expires);
  const sentAtMs = Date.parse(headers.date ?? '');
  if (Number.isNaN(expiresAtMs)) return 0;
  // Without the server's own clock its moment cannot be held against ours.
  return Number.isNaN(sentAtMs) ? null : Math.max(0, expiresAtMs - sentAtMs - ageMs);
}

function secondsOf(text: string | undefined): number | null {
  return text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : null;
}

function validator(text: string | undefined): string | null {
  return text === undefined || text === '' || text.length > VALIDATOR_CHARS_MAX ? null : text;
}
