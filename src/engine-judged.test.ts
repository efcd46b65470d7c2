import { expect, test } from 'vitest';
import { FLAG_DEFAULTS } from './core/options.ts';
import { type Script, stage } from './engine.testing.ts';

const ASK_ALL = { flags: { ...FLAG_DEFAULTS, decidedVote: false } };

/** What the gateway was told of each source, once each. */
async function judgedOf(scripts: Record<string, Script>): Promise<string[]> {
  const { cycles, judgements } = stage(scripts, ['BTC-USD'], { config: ASK_ALL });
  await cycles(2);
  return [...new Set(judgements.map(({ sourceId, fault }) => `${sourceId} ${fault ?? 'well'}`))].sort();
}

const AGREEING = { a: { score: 0.8 }, b: { score: 0.6 }, c: { score: 0.7 } };

test('the gateway is told whose data stood, and who showed another price than the others', async () => {
  // The first two confirm each other; the liar is asked for its bars.
  expect(await judgedOf({ ...AGREEING, lies: { priceFactor: 100 } })).toEqual([
    'a well',
    'b well',
    'c well',
    'lies outlier',
  ]);
});

test('a liar among the price sources is told of once the others have outvoted it', async () => {
  expect(await judgedOf({ lies: { priceFactor: 100 }, ...AGREEING })).toContain('lies outlier');
});

test('where nobody can say who is right, nobody is blamed', async () => {
  expect(await judgedOf({ a: {}, lies: { priceFactor: 100 } })).toEqual([]);
});
