import type { HttpResponse } from '../../core/http.ts';
import type { LimitState, LimitWindow } from '../../core/source.ts';
import { limitStateOf } from '../door/limit-headers.ts';

/** The free plan; when its day begins is not documented. Paid plans count per minute and have no day. */
export const LIMITS: readonly LimitWindow[] = [
  { max: 1, windowMs: 1_000, counting: 'sliding' },
  { max: 25, windowMs: 86_400_000, counting: 'sliding' },
];

/** No headers at all: limits are told in words. */
export function limitState(response: HttpResponse): LimitState {
  return limitStateOf(response, {});
}
