import { describe, expect, test } from 'vitest';
import { places, pointerSteps, valueAt } from './pointer.ts';

/** The document and the pointers of RFC 6901 section 5. */
const rfc = {
  foo: ['bar', 'baz'],
  '': 0,
  'a/b': 1,
  'c%d': 2,
  'e^f': 3,
  'g|h': 4,
  'i\\j': 5,
  'k"l': 6,
  ' ': 7,
  'm~n': 8,
};

describe('a pointer', () => {
  test.each([
    ['', rfc],
    ['/foo', rfc.foo],
    ['/foo/0', 'bar'],
    ['/', 0],
    ['/a~1b', 1],
    ['/c%d', 2],
    ['/e^f', 3],
    ['/g|h', 4],
    ['/i\\j', 5],
    ['/k"l', 6],
    ['/ ', 7],
    ['/m~0n', 8],
    ['/foo/2', undefined],
    ['/foo/length', undefined],
    ['/constructor', undefined],
    ['/__proto__', undefined],
    ['foo', undefined],
    ['/m~n', undefined],
  ])('%j leads where RFC 6901 says', (pointer, value) => {
    expect(valueAt(rfc, pointer)).toEqual(value);
  });

  test.each([
    [
      '/data/*',
      { data: [1, 2] },
      [
        ['0', 1],
        ['1', 2],
      ],
    ],
    [
      '/*',
      { a: 1, b: 2 },
      [
        ['a', 1],
        ['b', 2],
      ],
    ],
    [
      '/*/p',
      { a: { p: 1 }, b: {}, c: { p: 3 } },
      [
        ['a', 1],
        ['c', 3],
      ],
    ],
    [
      '/*/*',
      { a: { x: 1 }, b: { y: 2 } },
      [
        ['x', 1],
        ['y', 2],
      ],
    ],
    ['/data/*', { data: 'text' }, []],
    ['/data/*', null, []],
  ])('%s finds each, with its name', (pointer, document, expected) => {
    const found = places(document, pointerSteps(pointer) ?? []);
    expect(found.map(({ name, value }) => [name, value])).toEqual(expected);
  });

  test('is no way to make an answer grow without end', () => {
    const wide = Array.from({ length: 300 }, () => Array.from({ length: 300 }, () => 1));
    expect(places(wide, pointerSteps('/*/*') ?? [])).toHaveLength(20_000);
  });
});
