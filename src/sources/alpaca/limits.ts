import type { HttpResponse } from '../../core/http.ts';
import type { LimitState, LimitWindow } from '../../core/source.ts';
import { limitStateOf } from '../door/limit-headers.ts';

/** The free plan, per account. Where its minute begins is not documented, so any 60 s are held to. */
export const LIMITS: readonly LimitWindow[] = [{ max: 200, windowMs: 60_000, counting: 'sliding' }];

/** X-RateLimit-Reset is the Unix second at which the quota changes; sent with 200, 400 and 429 alike. */
export function limitState(response: HttpResponse): LimitState {
  return limitStateOf(response, {
    max: 'x-ratelimit-limit',
    remaining: 'x-ratelimit-remaining',
    reset: { header: 'x-ratelimit-reset', unit: 'epochS' },
  });
}
