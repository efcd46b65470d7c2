import type { Random } from '../core/random.ts';
import { DAYS_MIN } from '../core/track-record.ts';

/** Of one configuration: the net returns of the outcomes that were recorded in a UTC day, by day number. */
export type ReturnsByDay = ReadonlyMap<number, readonly number[]>;

/** B less A, with its 95 % interval. */
export type Difference = { readonly value: number; readonly ci95: readonly [low: number, high: number] };

export type PairedDays =
  | { readonly kind: 'notEnough'; readonly days: number; readonly daysMin: number }
  | {
      readonly kind: 'measured';
      readonly days: number;
      readonly expectancy: Difference;
      readonly winRate: Difference;
    };

const RESAMPLES = 2_000;
const TAIL = 0.025;

type Sums = { readonly outcomes: number; readonly net: number; readonly wins: number };
type Pair = { readonly a: Sums; readonly b: Sums };

/**
 * What B makes more of the same days than A: mean net return, and share of outcomes above 0. The interval is a percentile
 * bootstrap over days (Efron 1979): whole days are drawn again with both configurations in them, because the outcomes of a day
 * hang together. Too few days make no number.
 */
export function comparePairedDays(a: ReturnsByDay, b: ReturnsByDay, random: Random): PairedDays {
  const pairs = [...new Set([...a.keys(), ...b.keys()])]
    .sort((one, other) => one - other)
    .map((day): Pair => ({ a: sumsOf(a.get(day) ?? []), b: sumsOf(b.get(day) ?? []) }));
  const days = pairs.length;
  const isEmpty = (side: keyof Pair): boolean => pairs.every((pair) => pair[side].outcomes === 0);
  if (days < DAYS_MIN || isEmpty('a') || isEmpty('b')) return { kind: 'notEnough', days, daysMin: DAYS_MIN };
  const drawn: { readonly expectancy: number; readonly winRate: number }[] = [];
  while (drawn.length < RESAMPLES) {
    const sample = pairs.map(() => pairs[Math.floor(random.next() * days)] as Pair);
    const difference = differenceOf(sample);
    // A draw of days in which one of them had no outcome says nothing.
    if (Number.isFinite(difference.expectancy)) drawn.push(difference);
  }
  const seen = differenceOf(pairs);
  const of = (figure: 'expectancy' | 'winRate'): Difference => {
    const sorted = drawn.map((one) => one[figure]).sort((one, other) => one - other);
    const at = (share: number): number => sorted[Math.floor(share * (sorted.length - 1))] as number;
    return { value: seen[figure], ci95: [at(TAIL), at(1 - TAIL)] };
  };
  return { kind: 'measured', days, expectancy: of('expectancy'), winRate: of('winRate') };
}

function sumsOf(returns: readonly number[]): Sums {
  return {
    outcomes: returns.length,
    net: returns.reduce((sum, net) => sum + net, 0),
    wins: returns.filter((net) => net > 0).length,
  };
}

function differenceOf(pairs: readonly Pair[]) {
  const total = (side: keyof Pair, figure: keyof Sums): number =>
    pairs.reduce((sum, pair) => sum + pair[side][figure], 0);
  const mean = (side: keyof Pair, figure: keyof Sums): number =>
    total(side, figure) / total(side, 'outcomes');
  return { expectancy: mean('b', 'net') - mean('a', 'net'), winRate: mean('b', 'wins') - mean('a', 'wins') };
}
