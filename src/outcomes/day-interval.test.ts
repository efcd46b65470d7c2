import { describe, expect, test } from 'vitest';
import { wilson95 } from '../core/wilson.ts';
import { createSeededRandom } from '../platform/seeded-random.ts';
import { resolvedOf, scored } from './statistics.testing.ts';
import { StatisticsTally } from './statistics.ts';
import type { Scored } from './statistics-scored.ts';

const DAY_MS = 86_400_000;
const RUNS = 2_000;
const MEAN = 0.0004;
/** Of one outcome: most is its own, what its day adds is as much as `inCommon` says (share of the variance). */
const SPREAD = 0.004;

type Design = {
  readonly days: number;
  readonly perDay: (uniform: number) => number;
  readonly inCommon: number;
};

/** Net returns of `days` days, normal, with what a day has in common drawn once for it. */
function drawn({ days, perDay, inCommon }: Design, random: { next(): number }): Scored[] {
  const normal = (): number =>
    Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
  const outcomes: Scored[] = [];
  for (let day = 0; day < days; day += 1) {
    const common = SPREAD * Math.sqrt(inCommon) * normal();
    const count = perDay(random.next());
    for (let one = 0; one < count; one += 1) {
      const own = SPREAD * Math.sqrt(1 - inCommon) * normal();
      outcomes.push(scored(resolvedOf(MEAN + common + own), { atMs: (20_000 + day) * DAY_MS + one }));
    }
  }
  return outcomes;
}

/** P(a normal value of mean MEAN and spread SPREAD lies above 0), by quadrature. */
function trueWinRate(): number {
  const STEPS = 20_000;
  const end = MEAN / SPREAD;
  let area = 0;
  for (let step = 0; step < STEPS; step += 1) {
    const z = (end * (step + 0.5)) / STEPS;
    area += (Math.exp(-(z ** 2) / 2) * end) / STEPS;
  }
  return 0.5 + area / Math.sqrt(2 * Math.PI);
}

const WIN_RATE = trueWinRate();
const covers = (ci95: readonly [number, number] | null, truth: number): number =>
  ci95 !== null && ci95[0] <= truth && truth <= ci95[1] ? 1 : 0;

/** In which share of the intervals that were given each held the truth. */
function coverageOf(name: string, design: Design) {
  const held = { winRate: 0, expectancy: 0, winRateAlone: 0, expectancyAlone: 0 };
  let given = 0;
  for (let run = 0; given < RUNS && run < 2 * RUNS; run += 1) {
    const outcomes = drawn(design, createSeededRandom(`${name} ${run}`));
    const tally = new StatisticsTally();
    for (const one of outcomes) tally.add(one);
    const { winRate, expectancy } = tally.statistics(1, 0, null).all;
    if (winRate.kind === 'notEnough' || expectancy.kind === 'notEnough') throw new Error('one is enough');
    if (winRate.ci95 === null) continue;
    given += 1;
    held.winRate += covers(winRate.ci95, WIN_RATE);
    held.expectancy += covers(expectancy.ci95, MEAN);
    // As though the outcomes were independent of each other.
    const returns = outcomes.map(({ result }) => ('netReturn' in result ? result.netReturn : 0));
    const size = returns.length;
    const squares = returns.reduce((sum, value) => sum + (value - expectancy.mean) ** 2, 0);
    const half = 1.959964 * Math.sqrt(squares / (size - 1) / size);
    held.winRateAlone += covers(wilson95(winRate.rate, size), WIN_RATE);
    held.expectancyAlone += covers([expectancy.mean - half, expectancy.mean + half], MEAN);
  }
  if (given < RUNS) throw new Error(`${given} intervals in ${2 * RUNS} records`);
  return Object.fromEntries(Object.entries(held).map(([key, count]) => [key, count / given]));
}

const even = (): number => 8;
const uneven = (uniform: number): number => 1 + Math.floor(15 * uniform ** 2);
/** One day in ten has most of the outcomes. */
const lopsided = (uniform: number): number => (uniform > 0.9 ? 60 : 3);

describe('a 95 % interval holds the truth in 92 to 98 of 100 records', () => {
  test.each<{ name: string; design: Design }>([
    { name: '20 days alike, a third in common', design: { days: 20, perDay: even, inCommon: 0.3 } },
    { name: '10 days of all sizes, most in common', design: { days: 10, perDay: uneven, inCommon: 0.6 } },
    { name: '60 days, few of them large', design: { days: 60, perDay: lopsided, inCommon: 0.3 } },
  ])('of $name, where one of independent outcomes misses it', ({ name, design }) => {
    const { winRate, expectancy, winRateAlone, expectancyAlone } = coverageOf(name, design);
    for (const share of [winRate, expectancy]) {
      expect(share).toBeGreaterThanOrEqual(0.92);
      expect(share).toBeLessThanOrEqual(0.98);
    }
    expect(winRateAlone).toBeLessThan(0.85);
    expect(expectancyAlone).toBeLessThan(0.8);
  });

  test('of 60 days with nothing in common, as one of independent outcomes does', () => {
    const held = coverageOf('nothing in common', { days: 60, perDay: even, inCommon: 0 });
    for (const share of Object.values(held)) {
      expect(share).toBeGreaterThanOrEqual(0.92);
      expect(share).toBeLessThanOrEqual(0.98);
    }
  });
});

const one = (day: number, netReturn: number): Scored =>
  scored(resolvedOf(netReturn), { atMs: (20_000 + day) * DAY_MS });
const times = (count: number, of: (index: number) => Scored): Scored[] =>
  Array.from({ length: count }, (_, index) => of(index));

function figuresOf(outcomes: readonly Scored[]) {
  const tally = new StatisticsTally();
  for (const outcome of outcomes) tally.add(outcome);
  return tally.statistics(1, 0, null).all;
}

describe('where days do not show how far they lie apart there is a number and no interval, and it says so', () => {
  test.each<{ name: string; outcomes: Scored[]; days: number; says: string }>([
    {
      name: 'one day',
      outcomes: times(50, (index) => one(0, index % 2 === 0 ? 0.01 : -0.01)),
      days: 1,
      says: 'no interval over 1 day, of 10',
    },
    {
      name: 'nine days',
      outcomes: times(90, (index) => one(index % 9, index % 2 === 0 ? 0.01 : -0.01)),
      days: 9,
      says: 'no interval over 9 days, of 10',
    },
    {
      name: 'twelve days, nearly all on two of them',
      outcomes: times(100, (index) => one(index < 12 ? index : index % 2, index % 2 === 0 ? 0.01 : -0.01)),
      days: 12,
      says: 'no interval: most of the outcomes are of few of the 12 days',
    },
  ])('$name', ({ outcomes, days, says }) => {
    const { winRate, expectancy } = figuresOf(outcomes);
    const none = { kind: 'measured', days, outcomesEffective: null, ci95: null, says };
    expect(winRate).toMatchObject({ ...none, rate: 0.5 });
    expect(expectancy).toMatchObject(none);
  });
});

describe('as many independent outcomes as a record is worth', () => {
  test('are its days, where all outcomes of a day are one', () => {
    const { winRate, expectancy } = figuresOf(
      times(200, (index) => one(index % 20, index % 4 < 2 ? 0.01 : -0.01)),
    );
    // 20 days, 10 of them won: over days the variance is 1 / 4 / 19, over outcomes 1 / 4 / 199.
    expect(winRate).toMatchObject({
      outcomes: 200,
      days: 20,
      outcomesEffective: expect.closeTo(19 * (200 / 199), 9),
    });
    expect(expectancy).toMatchObject({
      outcomes: 200,
      days: 20,
      outcomesEffective: expect.closeTo(19 * (200 / 199), 9),
    });
  });

  test('are its outcomes, where days differ less than chance would have it', () => {
    const { winRate, expectancy } = figuresOf(
      times(200, (index) => one(index >> 1, index % 2 === 0 ? 0.01 : -0.01)),
    );
    expect(winRate).toMatchObject({ outcomes: 200, days: 100, outcomesEffective: 200 });
    expect(expectancy).toMatchObject({ outcomes: 200, days: 100, outcomesEffective: 200 });
  });

  test('are its days, where nothing was ever lost', () => {
    const { winRate, expectancy } = figuresOf(times(200, (index) => one(index % 20, 0.01)));
    expect(winRate).toMatchObject({ rate: 1, outcomesEffective: 20 });
    expect(winRate.kind === 'measured' && winRate.ci95?.[0]).toBeLessThan(0.85);
    expect(expectancy).toMatchObject({ outcomesEffective: 200 });
  });
});
