import { expect, test } from 'vitest';
import { FLAG_DEFAULTS, SYMBOL_FLAGS } from './options.ts';
import { flagsFor, placeOf } from './rollout.ts';

const SYMBOLS = Array.from({ length: 2_000 }, (_, i) => `SYM${i}`);
const onAt = (share: number): Set<string> =>
  new Set(
    SYMBOLS.filter((id) => flagsFor({ flags: FLAG_DEFAULTS, rollout: { changeGate: share } }, id).changeGate),
  );

test('a share of the symbols has the flag, and keeps it while the share grows', () => {
  const [few, more] = [onAt(0.1), onAt(0.3)];
  expect(few.size).toBeGreaterThan(150);
  expect(few.size).toBeLessThan(250);
  expect(more.size).toBeGreaterThan(530);
  expect(more.size).toBeLessThan(670);
  expect([...few].filter((id) => !more.has(id))).toEqual([]);
});

test('where a symbol stands is the same for ever, and another for each flag', () => {
  expect(placeOf('changeGate', 'AAPL')).toBeCloseTo(0.7964, 4);
  expect(new Set(SYMBOL_FLAGS.map((flag) => placeOf(flag, 'AAPL'))).size).toBe(SYMBOL_FLAGS.length);
});

test('flags without a share are as they are', () => {
  expect(flagsFor({ flags: FLAG_DEFAULTS }, 'AAPL')).toBe(FLAG_DEFAULTS);
});
