import { describe, expect, test } from 'vitest';
import { NO_LIMIT_STATE } from '../../core/source.ts';
import { RECEIVED_AT_MS, responseOf } from '../exchange.testing.ts';
import {
  durationTextMs,
  ietfLimitState,
  limitStateOf,
  type ResetUnit,
  retryAfterMs,
} from './limit-headers.ts';

const withHeaders = (headers: Record<string, string>) => responseOf('', 429, headers);

describe('Retry-After', () => {
  test.each([
    { why: 'seconds', headers: { 'retry-after': '120' }, ms: 120_000 },
    { why: 'zero seconds', headers: { 'retry-after': '0' }, ms: 0 },
    {
      why: 'a date, compared with the Date header',
      headers: { 'retry-after': 'Fri, 20 Nov 2026 09:00:30 GMT', date: 'Fri, 20 Nov 2026 09:00:00 GMT' },
      ms: 30_000,
    },
    {
      why: 'a date, compared with our receipt',
      headers: { 'retry-after': 'Fri, 20 Nov 2026 21:00:35 GMT' },
      ms: 30_000,
    },
    { why: 'a date in the past', headers: { 'retry-after': 'Fri, 20 Nov 2026 20:00:00 GMT' }, ms: 0 },
    { why: 'nothing', headers: {}, ms: null },
    { why: 'less than zero', headers: { 'retry-after': '-5' }, ms: null },
    { why: 'words', headers: { 'retry-after': 'soon' }, ms: null },
    { why: 'longer than a month', headers: { 'retry-after': '1795208399' }, ms: null },
  ])('of $why is $ms ms', ({ headers, ms }) => {
    expect(retryAfterMs(withHeaders(headers as Record<string, string>))).toBe(ms);
  });
});

describe('a duration text', () => {
  test.each([
    ['2m59.56s', 179_560],
    ['7.66s', 7660],
    ['1h2m', 3_720_000],
    ['120ms', 120],
    ['1m', 60_000],
    ['0s', 0],
    ['', null],
    ['12', null],
    ['s', null],
    ['-1s', null],
  ])('%s', (text, ms) => {
    expect(durationTextMs(text)).toBe(ms);
  });
});

describe('an allowance', () => {
  const state = (unit: ResetUnit, reset: string, more: Record<string, string> = {}) =>
    limitStateOf(withHeaders({ 'x-limit': '200', 'x-left': '7', 'x-reset': reset, ...more }), {
      max: 'x-limit',
      remaining: 'x-left',
      reset: { header: 'x-reset', unit },
    });

  test.each([
    { unit: 'epochS', reset: '1795208445', afterMs: 40_000 },
    { unit: 'epochMs', reset: '1795208445500', afterMs: 40_500 },
    { unit: 'deltaS', reset: '40', afterMs: 40_000 },
    { unit: 'deltaMs', reset: '40', afterMs: 40 },
    { unit: 'durationText', reset: '2m59.56s', afterMs: 179_560 },
  ] as const)('resets in $unit', ({ unit, reset, afterMs }) => {
    expect(state(unit, reset)).toEqual({
      ...NO_LIMIT_STATE,
      max: 200,
      remaining: 7,
      resetAtMs: RECEIVED_AT_MS + afterMs,
    });
  });

  test('counts its reset from the provider’s own clock', () => {
    const { resetAtMs } = state('epochS', '1795208445', { date: 'Fri, 20 Nov 2026 21:00:35 GMT' });
    expect(resetAtMs).toBe(RECEIVED_AT_MS + 10_000);
  });

  test('that cannot be read counts as unstated', () => {
    expect(limitStateOf(withHeaders({ 'x-left': '-1' }), { used: 'x-left' })).toEqual(NO_LIMIT_STATE);
    expect(state('epochS', 'soon').resetAtMs).toBeNull();
    expect(state('deltaS', '1795208445').resetAtMs).toBeNull();
  });

  test('out of a cache is of another moment', () => {
    expect(state('deltaS', '40', { age: '3' })).toEqual(NO_LIMIT_STATE);
  });
});

describe('the RateLimit fields of the IETF draft', () => {
  test('give the tightest policy', () => {
    const response = withHeaders({
      'ratelimit-policy': '"burst";q=100;w=60,"daily";q=1000;w=86400',
      ratelimit: '"daily";r=900;t=3600, "burst";r=5;t=30',
      'retry-after': '9',
    });
    expect(ietfLimitState(response)).toEqual({
      max: 100,
      remaining: 5,
      used: null,
      resetAtMs: RECEIVED_AT_MS + 30_000,
      retryAfterMs: 9000,
    });
  });

  test.each(['', 'nonsense', '"default";r=;t=5', '"default";t=5', '"default";r=-1'])(
    'are ignored as %j',
    (ratelimit) => {
      expect(ietfLimitState(withHeaders({ ratelimit }))).toEqual(NO_LIMIT_STATE);
    },
  );
});
