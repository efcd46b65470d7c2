import { describe, expect, test } from 'vitest';
import { field, items, members, NESTING_MAX, readJson, textAt } from './json.ts';

const parsed = (text: string): unknown => {
  const read = readJson(text);
  return read.kind === 'ok' ? read.value : read.detail;
};

describe('a body', () => {
  test.each([
    { name: 'that is empty', body: '', detail: 'the body is empty' },
    { name: 'of white space', body: ' \n', detail: 'the body is empty' },
    { name: 'of a byte order mark alone', body: '\uFEFF', detail: 'the body is empty' },
    { name: 'that breaks off', body: '{"a":[1,2', detail: 'the body of 9 characters is not JSON' },
    { name: 'with NaN', body: '{"a":NaN}', detail: 'the body of 9 characters is not JSON' },
    {
      name: 'nested 100,000 deep',
      body: '['.repeat(100_000),
      detail: `the body is nested deeper than ${NESTING_MAX} levels`,
    },
  ])('$name is refused', ({ body, detail }) => {
    expect(readJson(body)).toEqual({ kind: 'failed', detail });
  });

  test('at the deepest allowed nesting is read', () => {
    const body = '['.repeat(NESTING_MAX) + ']'.repeat(NESTING_MAX);
    expect(readJson(body).kind).toBe('ok');
    expect(readJson(`[${body}]`).kind).toBe('failed');
  });

  test('loses its byte order mark', () => {
    expect(parsed('\uFEFF{"a":1}')).toEqual({ a: 1 });
  });

  test('may hold brackets and escaped quotes inside strings', () => {
    const text = '['.repeat(1000);
    expect(parsed(`{"a":"\\"${text}\\\\","b":1}`)).toEqual({ a: `"${text}\\`, b: 1 });
  });

  test('names a member twice: the later one counts', () => {
    expect(parsed('{"price":1,"price":2}')).toEqual({ price: 2 });
  });
});

describe('reading by path', () => {
  const value = parsed('{"__proto__":{"price":1},"a":{"b":[{"c":7}]},"empty":""}');

  test('follows own members and indexes', () => {
    expect(field(value, 'a', 'b', 0, 'c')).toBe(7);
    expect(textAt(value, 'empty')).toBeNull();
    expect(textAt({ name: 'x' }, 'name')).toBe('x');
  });

  test.each([
    ['price'],
    ['toString'],
    ['constructor', 'name'],
    ['a', 'length'],
    ['a', 'b', 1, 'c'],
    ['empty', 0],
  ])('finds nothing at %s %s %s', (...path) => {
    expect(field(value, ...path.filter((step) => step !== undefined))).toBeUndefined();
  });

  test('does not let __proto__ reach other objects', () => {
    expect(field({}, 'price')).toBeUndefined();
    expect(field(value, '__proto__', 'price')).toBe(1);
  });

  test('lists nothing where there is no list', () => {
    expect([items({ 0: 1 }), items('ab'), members([1]), members(null)]).toEqual([[], [], [], []]);
  });
});
