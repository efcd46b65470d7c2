import type { HttpResponse } from '../../core/http.ts';
import type { LimitState, LimitWindow } from '../../core/source.ts';
import { limitStateOf } from '../door/limit-headers.ts';

/** Credits of the Basic plan. Paid plans have more a minute and no day. */
export const LIMITS: readonly LimitWindow[] = [
  { max: 8, windowMs: 60_000, counting: 'fixed' },
  { max: 800, windowMs: 86_400_000, counting: 'fixed' },
];

/** Credits of the current minute. */
export function limitState(response: HttpResponse): LimitState {
  return limitStateOf(response, { used: 'api-credits-used', remaining: 'api-credits-left' });
}
