import type { HttpResponse } from '../../core/http.ts';
import type { LimitState, LimitWindow } from '../../core/source.ts';
import { limitStateOf } from '../door/limit-headers.ts';

/** Counted per second, team and model. 30 a second is what grok-4.3 stated in its headers as 1,800 (a minute). */
export const LIMITS: readonly LimitWindow[] = [{ max: 30, windowMs: 1_000, counting: 'sliding' }];

export function limitState(response: HttpResponse): LimitState {
  return limitStateOf(response, {
    max: 'x-ratelimit-limit-requests',
    remaining: 'x-ratelimit-remaining-requests',
    reset: { header: 'x-ratelimit-reset-requests', unit: 'durationText' },
  });
}
