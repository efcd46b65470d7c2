import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SLICE_DIMENSIONS, type SliceDimension, type Statistics } from '../core/track-record.ts';
import { anyScored, resolvedOf, scored } from './statistics.testing.ts';
import { StatisticsTally } from './statistics.ts';
import type { Scored, ScoredResult } from './statistics-scored.ts';
import { SliceGroups, sliceKeys } from './statistics-slices.ts';

const FLAGS = new Map([
  ['c1', { flags: () => ({ batching: true, hedging: false }) }],
  ['c2', { flags: (id: string) => ({ batching: true, hedging: id === 'AAPL' }) }],
]);

function statisticsOf(all: readonly Scored[], outcomesMin = 1, by?: SliceDimension): Statistics {
  const tally = new StatisticsTally();
  const groups = by === undefined ? null : new SliceGroups(sliceKeys(by, FLAGS));
  for (const one of all) {
    tally.add(one);
    groups?.add(one);
  }
  return tally.statistics(outcomesMin, 0, groups);
}

const of = (...results: ScoredResult[]): Scored[] => results.map((result) => scored(result));

describe('the figures of one slice', () => {
  // Four wins of 2 %, six losses of 1 %: worked out by hand.
  const ten = of(
    ...Array.from({ length: 4 }, () => resolvedOf(0.02, { baselineReturn: 0.005 })),
    ...Array.from({ length: 6 }, () => resolvedOf(-0.01)),
  );
  /** One a day: then days are as far apart as outcomes. */
  const tenDays = ten.map((one, day) => ({ ...one, atMs: one.atMs + day * 86_400_000 }));

  test('are those worked out by hand', () => {
    const { all } = statisticsOf(tenDays, 4);
    expect(all.resolved).toBe(10);
    // Wilson 1927 at z = 1.959964 for 40 % of 10 x (z / t)^2 = 7.50669, where t of 9 is 2.262157.
    expect(all.winRate).toEqual({
      kind: 'measured',
      outcomes: 10,
      rate: 0.4,
      days: 10,
      outcomesEffective: expect.closeTo(10, 9),
      ci95: [expect.closeTo(0.146818, 4), expect.closeTo(0.720884, 4)],
      says: null,
    });
    // Mean 0.2 %; spread: 4 x 0.018^2 + 6 x 0.012^2 = 0.00216, / 9 = 0.00024, / 10, root = 0.00489898.
    expect(all.expectancy).toEqual({
      kind: 'measured',
      outcomes: 10,
      mean: expect.closeTo(0.002, 12),
      days: 10,
      outcomesEffective: expect.closeTo(10, 9),
      ci95: [
        expect.closeTo(0.002 - 2.262157 * 0.00489898, 5),
        expect.closeTo(0.002 + 2.262157 * 0.00489898, 5),
      ],
      says: null,
    });
    expect(all.meanWin).toMatchObject({ outcomes: 4, mean: 0.02 });
    expect(all.meanLoss).toMatchObject({ outcomes: 6, mean: expect.closeTo(-0.01, 12) });
    expect(all.costs).toMatchObject({ mean: expect.closeTo(0.001, 12) });
    expect(all.excess).toMatchObject({ outcomes: 4, mean: expect.closeTo(0.016, 12) });
    expect(all.causes.stop).toMatchObject({ rate: 0.6 });
  });

  test('are none below the minimum, each by the outcomes that it rests on itself', () => {
    const { all, reliability, trend } = statisticsOf(ten, 7);
    expect(all.winRate).toMatchObject({ kind: 'measured' });
    const four = { kind: 'notEnough', outcomes: 4, outcomesMin: 7, says: 'not enough outcomes (4 of 7)' };
    expect(all.meanWin).toEqual(four);
    expect(all.excess).toEqual(four);
    expect(reliability.brier).toMatchObject({ kind: 'measured', outcomes: 10 });
    expect(trend).toMatchObject([{ winRate: { outcomes: 10 } }]);
    const eleven = statisticsOf(ten, 11);
    expect(JSON.stringify(eleven)).not.toContain('measured');
  });

  test('count what is unresolved by its reason and nowhere else', () => {
    const { all, reliability } = statisticsOf([
      ...ten,
      ...of({ kind: 'unresolved', reason: 'gap' }, { kind: 'unresolved', reason: 'split' }),
    ]);
    expect(all.unresolved).toEqual({ gap: 1, halt: 0, split: 1, noBars: 0 });
    expect(all.resolved).toBe(10);
    expect(reliability.brier).toMatchObject({ outcomes: 10 });
  });

  test('take a net return of exactly 0 for a loss', () => {
    expect(statisticsOf(of(resolvedOf(0))).all.winRate).toMatchObject({ rate: 0 });
  });
});

describe('slices', () => {
  test('ask a symbol’s flags of the configuration that its signal was decided by', () => {
    const at = (instrumentId: string, configVersion: string): Scored =>
      scored(resolvedOf(0.01), {
        stratum: { instrumentId, side: 'BUY', regime: 'trend', configVersion },
      });
    const { slices } = statisticsOf([at('AAPL', 'c1'), at('AAPL', 'c2'), at('BTC-USD', 'c2')], 1, 'flag');
    expect(slices?.map(({ key, statistics }) => [key, statistics.resolved])).toEqual([
      ['batching=on', 3],
      ['hedging=off', 2],
      ['hedging=on', 1],
    ]);
  });

  test.each(SLICE_DIMENSIONS.filter((by) => by !== 'source' && by !== 'flag'))(
    'by %s add up to the whole',
    (by) => {
      fc.assert(
        fc.property(fc.array(anyScored, { maxLength: 60 }), (many) => {
          const { all, slices } = statisticsOf(many, 2, by);
          const parts = slices ?? [];
          expect(parts.reduce((sum, { statistics }) => sum + statistics.resolved, 0)).toBe(all.resolved);
          const gaps = parts.reduce((sum, { statistics }) => sum + statistics.unresolved.gap, 0);
          expect(gaps).toBe(all.unresolved.gap);
          const isWhole = parts.every(({ statistics: { expectancy } }) => expectancy.kind === 'measured');
          if (!isWhole || all.expectancy.kind !== 'measured') return;
          const sum = parts.reduce(
            (total, { statistics: { expectancy: mean } }) =>
              total + (mean.kind === 'measured' ? mean.mean * mean.outcomes : 0),
            0,
          );
          expect(sum).toBeCloseTo(all.expectancy.mean * all.expectancy.outcomes, 10);
        }),
        { numRuns: 60 },
      );
    },
  );
});

/** Digits that depend on the order of addition taken off. */
const rounded = (statistics: Statistics): unknown =>
  JSON.parse(JSON.stringify(statistics), (_key, value: unknown) =>
    typeof value === 'number' ? Number(value.toFixed(9)) + 0 : value,
  );

test('the order in which outcomes come makes no difference', () => {
  fc.assert(
    fc.property(
      fc
        .array(anyScored, { maxLength: 80 })
        .chain((many) => fc.tuple(fc.constant(many), fc.shuffledSubarray(many, { minLength: many.length }))),
      fc.constantFrom(...SLICE_DIMENSIONS),
      ([many, shuffled], by) => {
        expect(rounded(statisticsOf(shuffled, 2, by))).toEqual(rounded(statisticsOf(many, 2, by)));
      },
    ),
    { numRuns: 60 },
  );
});

test('no statistic is ever a number that is none', () => {
  fc.assert(
    fc.property(
      fc.array(anyScored, { maxLength: 40 }),
      fc.integer({ min: 0, max: 5 }),
      (many, outcomesMin) => {
        const finite = (value: unknown): boolean =>
          typeof value === 'object' && value !== null
            ? Object.values(value).every(finite)
            : typeof value !== 'number' || Number.isFinite(value);
        expect(finite(statisticsOf(many, outcomesMin, 'symbol'))).toBe(true);
      },
    ),
    { numRuns: 60 },
  );
});

describe('the trend', () => {
  const WEEK_MS = 7 * 86_400_000;
  const week = (atMs: number): Scored => scored(resolvedOf(0.01), { atMs });

  test('goes by weeks from Monday', () => {
    const { trend } = statisticsOf([
      week(Date.parse('2026-01-11T23:59:59.999Z')),
      week(Date.parse('2026-01-12T00:00:00Z')),
      week(Date.parse('2026-01-18T12:00:00Z')),
    ]);
    expect(
      trend.map(({ fromMs, toMs, winRate }) => [
        new Date(fromMs).toISOString(),
        toMs - fromMs,
        winRate.outcomes,
      ]),
    ).toEqual([
      ['2026-01-05T00:00:00.000Z', WEEK_MS, 1],
      ['2026-01-12T00:00:00.000Z', WEEK_MS, 2],
    ]);
  });

  test('keeps the newest half year, also when the older weeks come last', () => {
    const weeks = Array.from({ length: 40 }, (_, index) => week(Date.UTC(2026, 0, 14) - index * WEEK_MS));
    const { trend } = statisticsOf([...weeks, ...weeks]);
    expect(trend).toHaveLength(26);
    expect(trend.at(-1)?.fromMs).toBe(Date.UTC(2026, 0, 12));
    expect(trend.every(({ winRate }) => winRate.outcomes === 2)).toBe(true);
    const oldestFirst = statisticsOf([...weeks, ...weeks].toReversed());
    expect(oldestFirst.trend).toEqual(trend);
  });
});
