import type { HttpResponse } from '../../core/http.ts';
import type { LimitState, LimitWindow } from '../../core/source.ts';
import { limitStateOf } from '../door/limit-headers.ts';

/** Nothing is published: the pace of a polite client, and the hourly figure that users report, per address. */
export const LIMITS: readonly LimitWindow[] = [
  { max: 2, windowMs: 1_000, counting: 'sliding' },
  { max: 2_000, windowMs: 3_600_000, counting: 'sliding' },
];

/** Yahoo states no allowance; a Retry-After would still be heard. */
export function limitState(response: HttpResponse): LimitState {
  return limitStateOf(response, {});
}
