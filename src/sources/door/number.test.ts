import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { positivePrice, readNumber, volumeOf } from './number.ts';

const REFUSED: readonly unknown[] = [
  '',
  ' ',
  ' 1',
  '1 ',
  '+1',
  '.5',
  '5.',
  '007',
  '1,234.50',
  '1.234,56',
  '1 234.5',
  '0x10',
  '1_000',
  'NaN',
  'Infinity',
  '1e400',
  '1e',
  '--1',
  '١٢',
  '9'.repeat(61),
  Number.NaN,
  Number.POSITIVE_INFINITY,
  null,
  undefined,
  true,
  [1],
  ['1'],
  {},
];

describe('a number', () => {
  test.each(REFUSED)('is not read from %j', (value) => {
    expect(readNumber(value, 'either')).toBeNull();
  });

  test.each([
    ['86421.53000000', 86421.53],
    ['1e-7', 1e-7],
    ['-0.28', -0.28],
    ['0.123456789012345678', 0.12345678901234568],
    [271.34, 271.34],
  ])('is read from %j', (value, expected) => {
    expect(readNumber(value, 'either')).toBe(expected);
  });

  test('is read only in the declared form', () => {
    expect([readNumber('1', 'number'), readNumber(1, 'text')]).toEqual([null, null]);
    expect([readNumber('1', 'text'), readNumber(1, 'number')]).toEqual([1, 1]);
  });

  test('written by JSON.stringify comes back the same', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(readNumber(JSON.stringify(value), 'text')).toBe(value === 0 ? 0 : value);
      }),
    );
  });

  test('is a price only above zero and a volume only from zero on', () => {
    expect([0, -1, '0', '-0', '1e-400'].map((value) => positivePrice(value, 'either'))).toEqual(
      Array(5).fill(null),
    );
    expect([volumeOf(0, 'number'), volumeOf(-1, 'number'), volumeOf('3', 'text')]).toEqual([0, null, 3]);
  });
});
