import type { HttpResponse } from '../../core/http.ts';
import type { LimitState, LimitWindow } from '../../core/source.ts';
import { limitStateOf } from '../door/limit-headers.ts';

/** Public calls, per address: nothing is published; one a second was measured to be safe for good. */
export const LIMITS: readonly LimitWindow[] = [{ max: 1, windowMs: 1_000, counting: 'sliding' }];

/** Kraken states nothing about the allowance. */
export function limitState(response: HttpResponse): LimitState {
  return limitStateOf(response, {});
}
