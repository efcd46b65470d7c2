import fc from 'fast-check';
import { expect, it } from 'vitest';
import { canonicalJson, sameJson } from './canonical-json.ts';

it('reads back as what JSON.stringify writes', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
});

it.each([
  ['"', '"\\""'],
  ['\\', '"\\\\"'],
  ['\n', '"\\n"'],
  ['\u007f', '"\u007f"'],
  ['\ud800', '"\\ud800"'],
  ['a\u00fc ~', '"a\u00fc ~"'],
  ['', '""'],
])('escapes the text %j as JSON does', (text, written) => {
  expect(canonicalJson(text)).toBe(written);
  expect(written).toBe(JSON.stringify(text));
});

it.each([0, -0, 1e21, 1e-7, 0.1 + 0.2, -123_456.789, Number.MAX_SAFE_INTEGER, 5e-324])(
  'writes the number %d as JSON does',
  (value) => {
    expect(canonicalJson(value)).toBe(JSON.stringify(value));
  },
);

it('sorts members by name, also those that look like numbers, and leaves out what is undefined', () => {
  expect(canonicalJson({ b: 1, 10: 2, 9: 3, a: undefined })).toBe('{"10":2,"9":3,"b":1}');
});

it('sorts however many members there are, as the runtime does', () => {
  const anyNames = fc.uniqueArray(fc.string({ maxLength: 3 }), { maxLength: 80 });
  fc.assert(
    fc.property(anyNames, (names) => {
      const value = Object.fromEntries(names.map((name) => [name, 0]));
      const written = names.toSorted().map((name) => `${JSON.stringify(name)}:0`);
      expect(canonicalJson(value)).toBe(`{${written.join(',')}}`);
    }),
  );
});

it.each([Number.NaN, Number.POSITIVE_INFINITY, undefined, () => 1, 1n])('refuses %s', (value) => {
  expect(() => canonicalJson([value])).toThrow(TypeError);
});

it('finds the same what has the same text, and nothing else', () => {
  const few = fc.oneof(fc.constantFrom(null, true, 0, 1, 'a', 'b'), fc.constant(undefined));
  const value = fc.oneof(
    fc.jsonValue({ maxDepth: 2 }),
    fc.dictionary(fc.constantFrom('a', 'b', 'c'), few),
    fc.array(fc.constantFrom(null, 0, 1, 'a'), { maxLength: 2 }),
  );
  fc.assert(
    fc.property(value, value, (a, b) => {
      expect(sameJson(a, b)).toBe(canonicalJson(a) === canonicalJson(b));
      expect(sameJson(a, structuredClone(a))).toBe(true);
    }),
    { numRuns: 1_000 },
  );
});

it.each([
  [{ a: 1 }, { a: 1, b: 2 }],
  [{ a: 1, b: 2 }, { a: 1 }],
  [
    { a: undefined, b: 1 },
    { a: 1, b: 1 },
  ],
  [[], {}],
  [[1, 2], [1]],
  [null, {}],
])('tells %j from %j', (a, b) => {
  expect(sameJson(a, b)).toBe(false);
});
