import type { HttpResponse } from '../../core/http.ts';
import type { LimitState, LimitWindow } from '../../core/source.ts';
import { limitStateOf } from '../door/limit-headers.ts';

/** The free plan's minute, and the 30 a second that hold on every plan. */
export const LIMITS: readonly LimitWindow[] = [
  { max: 30, windowMs: 1_000, counting: 'sliding' },
  { max: 60, windowMs: 60_000, counting: 'sliding' },
];

export function limitState(response: HttpResponse): LimitState {
  return limitStateOf(response, {
    max: 'x-ratelimit-limit',
    remaining: 'x-ratelimit-remaining',
    reset: { header: 'x-ratelimit-reset', unit: 'epochS' },
  });
}
