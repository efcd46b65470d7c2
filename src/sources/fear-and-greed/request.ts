import type { HttpRequest } from '../../core/http.ts';
import type { Question } from '../../core/question.ts';
import type { SourceSettings } from '../../core/source.ts';
import { address, getRequest } from '../door/address.ts';

/** One index for the whole market: the batch does not matter. */
export function indexRequest(_batch: readonly Question[], settings: SourceSettings): HttpRequest {
  return getRequest(address(settings, '/fng/', { limit: 1, format: 'json' }));
}
