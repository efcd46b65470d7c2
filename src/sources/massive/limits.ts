import type { HttpResponse } from '../../core/http.ts';
import type { LimitState, LimitWindow } from '../../core/source.ts';
import { limitStateOf } from '../door/limit-headers.ts';

/** The free plan. Paid plans have no documented limit; about 100 a second is asked of them as a courtesy. */
export const LIMITS: readonly LimitWindow[] = [{ max: 5, windowMs: 60_000, counting: 'sliding' }];

/** No allowance headers; a 429 may carry Retry-After. */
export function limitState(response: HttpResponse): LimitState {
  return limitStateOf(response, {});
}
