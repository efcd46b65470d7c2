import type { HttpResponse } from '../../core/http.ts';
import type { LimitState, LimitWindow } from '../../core/source.ts';
import { limitStateOf } from '../door/limit-headers.ts';

/** Both interfaces: 10 a second per address; the burst of 15 that Exchange allows on top is left unused. */
export const LIMITS: readonly LimitWindow[] = [{ max: 10, windowMs: 1_000, counting: 'sliding' }];

/** Exchange states nothing. Advanced Trade also states a reset, in a unit that nobody documents: it is left alone. */
export function limitState(response: HttpResponse): LimitState {
  return limitStateOf(response, { max: 'x-ratelimit-limit', remaining: 'x-ratelimit-remaining' });
}
