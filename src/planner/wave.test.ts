import { expect, test } from 'vitest';
import { type Candidate, nextWave, priceWaves } from './wave.ts';

const free = (sourceId: string, weightPpb = 1): Candidate => ({ sourceId, priceUsd: 0, weightPpb });
const paid = (sourceId: string, priceUsd: number | null, weightPpb = 1): Candidate => ({
  sourceId,
  priceUsd,
  weightPpb,
});

test.each([
  ['fast', 'asks everybody', [paid('x', 0.01), free('a')], ['x', 'a']],
  ['balanced', 'asks the free ones first', [paid('x', 0.01), free('a'), free('b')], ['a', 'b']],
  ['balanced', 'then all paid ones', [paid('x', 0.01), paid('y', null)], ['x', 'y']],
  ['frugal', 'asks the cheapest', [paid('x', 0.01), paid('y', 0.002)], ['y']],
  [
    'frugal',
    'asks the heavier one sooner than the cheaper one that says less',
    [paid('x', 0.01, 9), paid('y', 0.002)],
    ['x'],
  ],
  ['frugal', 'prefers weight among equal prices', [free('a', 1), free('b', 2)], ['b']],
  ['frugal', 'takes an unknown price for the highest', [paid('x', null), paid('y', 9)], ['y']],
  ['frugal', 'breaks the last tie by id', [free('b'), free('a')], ['a']],
  ['fast', 'asks nobody when nobody is left', [], []],
  ['balanced', 'asks nobody when nobody is left', [], []],
  ['frugal', 'asks nobody when nobody is left', [], []],
] as const)('%s %s', (policy, _what, candidates, expected) => {
  expect(nextWave(policy, candidates).map(({ sourceId }) => sourceId)).toEqual(expected);
});

test.each([
  [
    'two operators first, then the rest',
    ['a1', 'a2', 'b1', 'c1'],
    [
      ['a1', 'b1'],
      ['a2', 'c1'],
    ],
  ],
  ['one operator alone, then its mirrors', ['a1', 'a2'], [['a1'], ['a2']]],
  ['nobody where nobody watches', [], [[], []]],
] as const)('for the price: %s', (_title, watchers, expected) => {
  const named = watchers.map((id) => ({ id }));
  const waves = priceWaves(named, ({ id }) => id.charAt(0), 2);
  expect(waves.map((wave) => wave.map(({ id }) => id))).toEqual(expected);
});

test('for the price: as many operators first as must show it', () => {
  const named = ['a1', 'a2', 'b1', 'c1', 'd1'].map((id) => ({ id }));
  const waves = priceWaves(named, ({ id }) => id.charAt(0), 3);
  expect(waves.map((wave) => wave.map(({ id }) => id))).toEqual([
    ['a1', 'b1', 'c1'],
    ['a2', 'd1'],
  ]);
});
