import type { HttpResponse } from '../../core/http.ts';
import type { LimitState, LimitWindow } from '../../core/source.ts';
import { limitStateOf } from '../door/limit-headers.ts';

/** Tier 0 of the Agent API, per organization, leaky bucket. Higher tiers replace it in the config. */
export const LIMITS: readonly LimitWindow[] = [
  { max: 1, windowMs: 1_000, counting: 'sliding' },
  { max: 50, windowMs: 60_000, counting: 'sliding' },
];

/** No allowance headers; a 429 carries Retry-After. */
export function limitState(response: HttpResponse): LimitState {
  return limitStateOf(response, {});
}
