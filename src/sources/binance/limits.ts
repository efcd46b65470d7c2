import type { HttpResponse } from '../../core/http.ts';
import type { LimitState, LimitWindow } from '../../core/source.ts';
import { limitStateOf } from '../door/limit-headers.ts';

/**
 * Weight per address and minute. The second documented limit, 61,000 requests in 5 minutes, cannot be reached: no request
 * here weighs less than 2.
 */
export const LIMITS: readonly LimitWindow[] = [{ max: 6_000, windowMs: 60_000, counting: 'fixed' }];

export const TICKER_WEIGHT = 2;
export const KLINES_WEIGHT = 2;
/** From the 21st symbol on a list weighs 40 instead of 2. */
export const LIGHT_SYMBOLS_MAX = 20;

/** Binance counts the weight used so far in this minute; a ban (418) and a brake (429) say how long. */
export function limitState(response: HttpResponse): LimitState {
  return limitStateOf(response, { used: 'x-mbx-used-weight-1m' });
}
