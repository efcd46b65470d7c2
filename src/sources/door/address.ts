import type { SourceSettings } from '../../core/source.ts';

/** Sent by every source: providers ask for one name to call when something is wrong. */
export const USER_AGENT = 'sextant/0.1';

/** The absolute URL of `path` with its query in the given order; members that are null are left out. */
export function address(
  settings: SourceSettings,
  path: string,
  query: Readonly<Record<string, string | number | null>> = {},
): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== null) search.append(name, String(value));
  }
  return search.size === 0 ? `${settings.baseUrl}${path}` : `${settings.baseUrl}${path}?${search.toString()}`;
}

/** A GET with our name and `headers`. */
export function getRequest(url: string, headers: Readonly<Record<string, string>> = {}) {
  return {
    method: 'GET',
    url,
    headers: { accept: 'application/json', 'user-agent': USER_AGENT, ...headers },
    body: null,
  } as const;
}
