import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { httpDateMs } from './http-date.ts';
import { epochMs, rfc3339Ms } from './time.ts';
import { zonedMs } from './zoned-time.ts';

const AT_MS = Date.UTC(2026, 10, 20, 20, 59, 59, 871);

describe('Unix time', () => {
  test.each([
    { value: 1795208399, unit: 's', form: 'number', ms: 1795208399000 },
    { value: '1795208399', unit: 's', form: 'text', ms: 1795208399000 },
    { value: 1795208399871, unit: 'ms', form: 'number', ms: AT_MS },
    { value: 1795208399871204, unit: 'us', form: 'number', ms: AT_MS },
    { value: '1795208399871204113', unit: 'ns', form: 'text', ms: AT_MS },
  ] as const)('$value in $unit', ({ value, unit, form, ms }) => {
    expect(epochMs(value, unit, form)).toBe(ms);
  });

  test.each([
    { value: 1795208399, unit: 'ms', why: 'seconds read as ms' },
    { value: 1795208399871, unit: 's', why: 'ms read as seconds' },
    { value: 1795208399871, unit: 'us', why: 'ms read as us' },
    { value: -1, unit: 's', why: 'before the epoch' },
    { value: '1795208399', unit: 's', why: 'text where a number is declared' },
    { value: Number.POSITIVE_INFINITY, unit: 's', why: 'no number' },
    { value: null, unit: 's', why: 'nothing' },
  ] as const)('refuses $why', ({ value, unit }) => {
    expect(epochMs(value, unit)).toBeNull();
  });
});

describe('RFC 3339', () => {
  test.each([
    ['2026-11-20T20:59:59.871204113Z', AT_MS],
    ['2026-11-20T15:59:59.871-05:00', AT_MS],
    ['2026-11-21T02:29:59.8719+05:30', AT_MS],
    ['2026-11-20t20:59:59z', AT_MS - 871],
  ])('%s is read', (text, ms) => {
    expect(rfc3339Ms(text)).toBe(ms);
  });

  test.each([
    '2026-11-20T20:59:59',
    '2026-11-20',
    '2026-11-20 20:59:59Z',
    '2026-02-30T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-11-20T24:00:00Z',
    '2026-11-20T20:59:60Z',
    '2026-11-20T20:59:59+99:00',
    '2026-11-20T20:59:59.Z',
    '1969-12-31T23:59:59Z',
    '0000-00-00T00:00:00Z',
    1795208399,
    null,
  ])('%s is refused', (value) => {
    expect(rfc3339Ms(value)).toBeNull();
  });

  test('reads back what toISOString writes', () => {
    fc.assert(
      fc.property(fc.integer({ min: Date.UTC(1973, 0, 1), max: Date.UTC(2099, 11, 31) }), (ms) => {
        expect(rfc3339Ms(new Date(ms).toISOString())).toBe(ms);
      }),
    );
  });
});

describe('wall-clock text in New York', () => {
  test.each([
    { text: '2026-11-20 15:59:00', ms: Date.UTC(2026, 10, 20, 20, 59), why: 'winter time' },
    { text: '2026-07-01 09:30:00', ms: Date.UTC(2026, 6, 1, 13, 30), why: 'summer time' },
    { text: '2026-11-20', ms: Date.UTC(2026, 10, 20, 5), why: 'a date is midnight' },
    { text: '2026-11-01 01:30:00', ms: null, why: 'the hour that comes twice' },
    { text: '2026-03-08 02:30:00', ms: null, why: 'the hour that is skipped' },
    { text: '2026-02-30 10:00:00', ms: null, why: 'a day that does not exist' },
    { text: '2026-11-20T15:59:00Z', ms: null, why: 'text with an offset is not wall-clock text' },
    { text: '20.11.2026 15:59', ms: null, why: 'another form' },
  ])('$text: $why', ({ text, ms }) => {
    expect(zonedMs(text, 'America/New_York')).toBe(ms);
  });

  test('in a zone that does not exist is refused', () => {
    expect(zonedMs('2026-11-20 15:59:00', 'America/Gotham')).toBeNull();
  });
});

describe('HTTP dates', () => {
  test.each([
    ['Fri, 20 Nov 2026 21:05:00 GMT', Date.UTC(2026, 10, 20, 21, 5)],
    ['Friday, 20-Nov-26 21:05:00 GMT', Date.UTC(2026, 10, 20, 21, 5)],
    ['Fri Nov 20 21:05:00 2026', Date.UTC(2026, 10, 20, 21, 5)],
    ['Sun Nov  1 21:05:00 2026', Date.UTC(2026, 10, 1, 21, 5)],
    ['Fri, 20 Foo 2026 21:05:00 GMT', null],
    ['Fri, 31 Feb 2026 21:05:00 GMT', null],
    ['2026-11-20', null],
    ['', null],
    [undefined, null],
  ])('%s', (text, ms) => {
    expect(httpDateMs(text)).toBe(ms);
  });
});

test('UTC is read as the calendar of zones reads it', () => {
  const part = (max: number) => fc.nat(max).map((value) => `${value}`.padStart(2, '0'));
  const anyText = fc
    .tuple(fc.integer({ min: 1969, max: 2105 }), part(13), part(32), part(24), part(59), part(59))
    .map(([year, month, day, hour, minute, second]) => `${year}-${month}-${day} ${hour}:${minute}:${second}`);
  fc.assert(
    fc.property(anyText, (text) => {
      expect(zonedMs(text, 'UTC')).toBe(zonedMs(text, 'Etc/UTC'));
      expect(zonedMs(text.slice(0, 10), 'UTC')).toBe(zonedMs(text.slice(0, 10), 'Etc/UTC'));
      expect(zonedMs(text.slice(0, 16), 'UTC')).toBe(zonedMs(text.slice(0, 16), 'Etc/UTC'));
    }),
    { numRuns: 500 },
  );
});
