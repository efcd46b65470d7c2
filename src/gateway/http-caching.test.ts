import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cachingOf, NO_CACHING } from './http-caching.ts';

const DATE = 'Thu, 15 Jan 2026 15:00:00 GMT';

describe('what the headers say about keeping an answer', () => {
  test.each([
    [{}, {}],
    [{ 'cache-control': 'public, max-age=30' }, { maxAgeMs: 30_000 }],
    [{ 'cache-control': 'MAX-AGE="30"' }, { maxAgeMs: 30_000 }],
    [{ 'cache-control': 'max-age=30', age: '12' }, { maxAgeMs: 18_000 }],
    [{ 'cache-control': 'max-age=30', age: '40' }, { maxAgeMs: 0 }],
    [{ 'cache-control': 'max-age=-1' }, {}],
    [{ 'cache-control': 'max-age=soon' }, {}],
    [{ 'cache-control': 'no-store' }, { noStore: true }],
    [{ 'cache-control': 'no-cache, max-age=30' }, { mustRevalidate: true, maxAgeMs: 0 }],
    [{ 'cache-control': 'max-age=5, must-revalidate' }, { mustRevalidate: true, maxAgeMs: 5_000 }],
    [{ expires: 'Thu, 15 Jan 2026 15:01:00 GMT', date: DATE }, { maxAgeMs: 60_000 }],
    [{ expires: 'Thu, 15 Jan 2026 15:01:00 GMT', date: DATE, age: '50' }, { maxAgeMs: 10_000 }],
    [{ expires: 'Thu, 15 Jan 2026 15:01:00 GMT' }, {}],
    [{ expires: '0', date: DATE }, { maxAgeMs: 0 }],
    [{ expires: 'never', date: DATE }, { maxAgeMs: 0 }],
    [
      { 'cache-control': 'max-age=9', expires: 'Thu, 15 Jan 2026 15:01:00 GMT', date: DATE },
      { maxAgeMs: 9_000 },
    ],
    [
      { etag: 'W/"1"', 'last-modified': DATE },
      { etag: 'W/"1"', lastModified: DATE },
    ],
    [{ etag: '' }, {}],
    [{ etag: 'x'.repeat(300) }, {}],
  ])('%j', (headers, expected) => {
    expect(cachingOf({ headers })).toEqual({ ...NO_CACHING, ...expected });
  });

  test('whatever they hold, nothing is thrown and no span is negative', () => {
    const names = fc.constantFrom('cache-control', 'expires', 'age', 'date', 'etag');
    fc.assert(
      fc.property(fc.dictionary(names, fc.string()), (headers) => {
        const { maxAgeMs } = cachingOf({ headers });
        expect(maxAgeMs === null || (Number.isFinite(maxAgeMs) && maxAgeMs >= 0)).toBe(true);
      }),
    );
  });
});
