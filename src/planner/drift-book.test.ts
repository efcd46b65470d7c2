import { describe, expect, test } from 'vitest';
import { DriftBook, type Remembered } from './drift-book.ts';

const FULL = { state: 'open', lowMicro: -1_000_000, highMicro: 1_000_000 };

const remembered = (fields: Partial<Remembered> = {}): Remembered => ({
  sourceId: 'xai',
  regime: 'range',
  score: 0.5,
  ageMs: 400_000,
  ttlMs: 300_000,
  ...fields,
});

function taught(count: number, drift: number, fields: Partial<Remembered> = {}, book = new DriftBook(0.001)) {
  const pair = remembered(fields);
  for (let index = 0; index < count; index += 1) book.learn(pair, pair.score - drift);
  return book;
}

describe('what an unasked voter may answer', () => {
  test('is anything below 999 pairs, as in mode certain', () => {
    expect(taught(998, 0.1).ballot(remembered(), 1)).toEqual(FULL);
  });

  test('lies around what it last said from 999 pairs on, with their number', () => {
    expect(taught(999, 0.1).ballot(remembered(), 1)).toEqual({
      state: 'open',
      lowMicro: 400_000,
      highMicro: 600_000,
      pairs: 999,
    });
  });

  test.each([
    [0.01, 99],
    [0.05, 19],
  ])('where %f may be missed, %i pairs suffice', (miscoverage, pairs) => {
    const book = taught(pairs - 1, 0.1, {}, new DriftBook(miscoverage));
    expect(book.ballot(remembered(), 1)).toEqual(FULL);
    expect(taught(1, 0.1, {}, book).ballot(remembered(), 1)).toMatchObject({ lowMicro: 400_000, pairs });
  });

  test('is anything again once another share may be missed', () => {
    const book = taught(99, 0.1, {}, new DriftBook(0.01));
    book.adopt(0.01);
    expect(book.pairs()).toEqual({ xai: 99 });
    book.adopt(0.02);
    expect(book.pairs()).toEqual({});
    expect(book.ballot(remembered(), 1)).toEqual(FULL);
  });

  test('is anything where two share the miscoverage and 999 pairs are all', () => {
    expect(taught(999, 0.1).ballot(remembered(), 2)).toEqual(FULL);
    expect(taught(1_999, 0.1).ballot(remembered(), 2)).toMatchObject({ lowMicro: 400_000, pairs: 1_999 });
  });

  test('never leaves -1 to 1', () => {
    expect(taught(999, 0.1).ballot(remembered({ score: 0.95 }), 1)).toMatchObject({
      lowMicro: 850_000,
      highMicro: 1_000_000,
    });
    expect(taught(999, 0.1).ballot(remembered({ score: -0.95 }), 1)).toMatchObject({ lowMicro: -1_000_000 });
  });

  test.each<[string, Partial<Remembered>, boolean]>([
    ['another regime, until it has pairs of its own', { regime: 'crisis' }, true],
    ['a younger opinion', { ageMs: 10_000 }, true],
    ['an older opinion: it may have drifted further', { ageMs: 700_000 }, false],
    ['another source', { sourceId: 'perplexity' }, false],
    ['an opinion of more than 16 TTLs', { ageMs: 4_800_000 }, false],
  ])('for %s', (_name, fields, isBounded) => {
    const ballot = taught(999, 0.1).ballot(remembered(fields), 1);
    expect('pairs' in ballot).toBe(isBounded);
  });

  test('follows the finest cell that has enough pairs', () => {
    const book = taught(999, 0.3, { regime: 'volatile' }, taught(999, 0.1));
    expect(book.ballot(remembered(), 1)).toMatchObject({ lowMicro: 400_000, pairs: 999 });
    expect(book.ballot(remembered({ regime: 'volatile' }), 1)).toMatchObject({ lowMicro: 200_000 });
    expect(book.ballot(remembered({ regime: 'crisis' }), 1)).toMatchObject({
      lowMicro: 200_000,
      pairs: 1_998,
    });
  });

  test('is anything after a cell has just missed, whatever coarser cells say', () => {
    const book = taught(1_000, 0.1, { regime: 'trend' }, taught(999, 0.1));
    book.learn(remembered(), -0.5);
    expect(book.ballot(remembered(), 1)).toEqual(FULL);
    expect(book.ballot(remembered({ regime: 'trend' }), 1)).toMatchObject({ lowMicro: 400_000 });
  });

  test('counts the pairs of each source', () => {
    expect(taught(2, 0.1, { sourceId: 'a' }, taught(3, 0.1)).pairs()).toEqual({ xai: 3, a: 2 });
  });
});
