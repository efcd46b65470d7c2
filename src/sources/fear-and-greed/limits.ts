import type { HttpResponse } from '../../core/http.ts';
import type { LimitState, LimitWindow } from '../../core/source.ts';
import { limitStateOf } from '../door/limit-headers.ts';

/** 60 a minute over ten minutes; the index moves once a day. */
export const LIMITS: readonly LimitWindow[] = [
  { max: 60, windowMs: 60_000, counting: 'sliding' },
  { max: 600, windowMs: 600_000, counting: 'sliding' },
];

export function limitState(response: HttpResponse): LimitState {
  return limitStateOf(response, {});
}
