import type { HttpRequest } from '../../core/http.ts';
import type { SourceSettings } from '../../core/source.ts';
import { address, USER_AGENT } from '../door/address.ts';

/** A POST of `body` as JSON with the source's `apiKey` as bearer token. */
export function postJson(settings: SourceSettings, path: string, body: unknown): HttpRequest {
  return {
    method: 'POST',
    url: address(settings, path),
    headers: {
      accept: 'application/json',
      'content-type': 'application/json',
      'user-agent': USER_AGENT,
      authorization: `Bearer ${settings.keys.apiKey ?? ''}`,
    },
    body: JSON.stringify(body),
  };
}
