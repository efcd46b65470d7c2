import type { HttpResponse } from '../../core/http.ts';
import type { LimitState, LimitWindow } from '../../core/source.ts';
import { limitStateOf } from '../door/limit-headers.ts';

/** The Demo plan: the pricing page's 30 a minute (the errors page says 100), and 10,000 calls a month, failures included. */
export const LIMITS: readonly LimitWindow[] = [
  { max: 30, windowMs: 60_000, counting: 'sliding' },
  { max: 10_000, windowMs: 31 * 86_400_000, counting: 'sliding' },
];

/** Nothing but a Retry-After at times. */
export function limitState(response: HttpResponse): LimitState {
  return limitStateOf(response, {});
}
