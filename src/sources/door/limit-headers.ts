import type { HttpResponse } from '../../core/http.ts';
import { type LimitState, NO_LIMIT_STATE } from '../../core/source.ts';
import { httpDateMs, serverTimeMs } from './http-date.ts';
import { readNumber } from './number.ts';

/** What a provider's reset header counts: a moment on its own clock, a span from now, or a span as text (`2m59.56s`). */
export type ResetUnit = 'epochS' | 'epochMs' | 'deltaS' | 'deltaMs' | 'durationText';

/** Names (lower case) of the headers in which a provider states its allowance. */
export type LimitHeaders = {
  readonly max?: string;
  readonly remaining?: string;
  readonly used?: string;
  readonly reset?: { readonly header: string; readonly unit: ResetUnit };
};

/** Longest wait taken from a header: beyond a month it is a mistake of unit. */
const WAIT_MS_MAX = 31 * 86_400_000;

function waitOf(ms: number): number | null {
  return ms <= WAIT_MS_MAX ? Math.max(0, Math.ceil(ms)) : null;
}

/** Whole number of zero or more in a header, or null. */
function countOf(response: HttpResponse, header: string | undefined): number | null {
  const count = header === undefined ? null : readNumber(response.headers[header]?.trim(), 'text');
  return count !== null && count >= 0 ? count : null;
}

/**
 * Retry-After (RFC 9110 section 10.2.3) in ms from now: seconds, or a date compared with the answer's own Date header so
 * that clock skew cancels out. A date in the past is 0; null where the header is missing or unreadable.
 */
export function retryAfterMs(response: HttpResponse): number | null {
  const text = response.headers['retry-after']?.trim();
  if (text === undefined) return null;
  const seconds = readNumber(text, 'text');
  if (seconds !== null) return seconds < 0 ? null : waitOf(seconds * 1000);
  const atMs = httpDateMs(text);
  return atMs === null ? null : waitOf(atMs - serverTimeMs(response));
}

const DURATION = /^(?:(\d+)h)?(?:(\d+)m(?!s))?(?:(\d+(?:\.\d+)?)s)?(?:(\d+(?:\.\d+)?)ms)?$/;

/** A duration such as `2m59.56s`, `7.66s`, `1h2m` or `120ms` in ms; null for anything else. */
export function durationTextMs(text: string): number | null {
  const match = text === '' ? null : DURATION.exec(text);
  if (match === null) return null;
  const [hours = 0, minutes = 0, seconds = 0, ms = 0] = match.slice(1).map((part) => Number(part ?? 0));
  return hours * 3_600_000 + minutes * 60_000 + seconds * 1000 + ms;
}

/** Moment of the reset on our clock (Unix ms). The provider's moments are shifted by the skew its Date header shows. */
function resetAtMs(response: HttpResponse, header: string, unit: ResetUnit): number | null {
  const text = response.headers[header]?.trim();
  if (text === undefined) return null;
  const count = unit === 'durationText' ? durationTextMs(text) : readNumber(text, 'text');
  if (count === null || count < 0) return null;
  const deltaMs = {
    epochS: count * 1000 - serverTimeMs(response),
    epochMs: count - serverTimeMs(response),
    deltaS: count * 1000,
    deltaMs: count,
    durationText: count,
  }[unit];
  const wait = waitOf(deltaMs);
  return wait === null ? null : response.receivedAtMs + wait;
}

/** An answer out of a cache repeats the allowance of another moment (Age, RFC 9111). */
function fromCache(response: HttpResponse): boolean {
  return (countOf(response, 'age') ?? 0) > 0;
}

/** The allowance as a provider's own headers state it, with Retry-After; unreadable headers count as missing. */
export function limitStateOf(response: HttpResponse, headers: LimitHeaders): LimitState {
  const waitMs = retryAfterMs(response);
  if (fromCache(response)) return { ...NO_LIMIT_STATE, retryAfterMs: waitMs };
  return {
    max: countOf(response, headers.max),
    remaining: countOf(response, headers.remaining),
    used: countOf(response, headers.used),
    resetAtMs: headers.reset ? resetAtMs(response, headers.reset.header, headers.reset.unit) : null,
    retryAfterMs: waitMs,
  };
}

/** The parameter `name` of a structured-field item such as `"default";r=50;t=30`. */
function parameter(item: string, name: string): number | null {
  const value = new RegExp(`;\\s*${name}=(\\d{1,15})(?=\\s*(?:;|$))`).exec(item)?.[1];
  return value === undefined ? null : Number(value);
}

/**
 * The tightest item of the RateLimit field of draft-ietf-httpapi-ratelimit-headers (`"default";r=50;t=30`, t in seconds
 * from now), with the quota of the policy of the same name; malformed items are ignored, as the draft demands.
 */
export function ietfLimitState(response: HttpResponse): LimitState {
  const waitMs = retryAfterMs(response);
  if (fromCache(response)) return { ...NO_LIMIT_STATE, retryAfterMs: waitMs };
  const listOf = (header: string): string[] =>
    (response.headers[header] ?? '').split(',').map((item) => item.trim());
  const tightest = listOf('ratelimit')
    .map((item) => ({
      name: item.split(';')[0],
      remaining: parameter(item, 'r'),
      deltaS: parameter(item, 't'),
    }))
    .filter((item) => item.remaining !== null)
    .sort((a, b) => (a.remaining ?? 0) - (b.remaining ?? 0))[0];
  if (tightest === undefined) return { ...NO_LIMIT_STATE, retryAfterMs: waitMs };
  const policy = listOf('ratelimit-policy').find((item) => item.split(';')[0] === tightest.name);
  const wait = tightest.deltaS === null ? null : waitOf(tightest.deltaS * 1000);
  return {
    max: policy === undefined ? null : parameter(policy, 'q'),
    remaining: tightest.remaining,
    used: null,
    resetAtMs: wait === null ? null : response.receivedAtMs + wait,
    retryAfterMs: waitMs,
  };
}
