import type { DataLabel } from './live.ts';
import type { UnresolvedReason } from './outcome.ts';
import type { Side, SignalEnd } from './signal.ts';

/** What the outcomes of signals come to. A statistic of too few of them is not a number but says so. */

export const SLICE_DIMENSIONS = [
  'symbol',
  'assetClass',
  'side',
  'regime',
  'source',
  'confidence',
  'configVersion',
  'flag',
] as const;

export type SliceDimension = (typeof SLICE_DIMENSIONS)[number];

/** Absent, because it would rest on `outcomes` where `outcomesMin` are asked for. */
export type NotEnough = {
  readonly kind: 'notEnough';
  readonly outcomes: number;
  readonly outcomesMin: number;
  /** `not enough outcomes (12 of 30)`. */
  readonly says: string;
};

/** Over fewer UTC days than this there is no 95 % interval: outcomes of one day hang together, and so few days do not show how much. */
export const DAYS_MIN = 10;

/** How sure a figure is, with outcomes of one UTC day taken as hanging together. */
type OverDays = {
  /** In which its outcomes were recorded. */
  readonly days: number;
  /** As many outcomes independent of each other would tell as much; null where there is no interval. */
  readonly outcomesEffective: number | null;
  /** 95 % interval; null over fewer than {@link DAYS_MIN} days, or where few of them have most of the outcomes. */
  readonly ci95: readonly [low: number, high: number] | null;
  /** Why there is no interval: `no interval over 4 days, of 10`; null where there is one. */
  readonly says: string | null;
};

/** How many of `outcomes` it was, 0..1. */
export type MeasuredRate = OverDays & {
  readonly kind: 'measured';
  readonly outcomes: number;
  readonly rate: number;
};
export type Rate = NotEnough | MeasuredRate;

/** A mean over `outcomes`. */
export type MeasuredMean = OverDays & {
  readonly kind: 'measured';
  readonly outcomes: number;
  readonly mean: number;
};
export type Mean = NotEnough | MeasuredMean;

/** A figure for which no interval is known. */
export type Figure =
  | NotEnough
  | { readonly kind: 'measured'; readonly outcomes: number; readonly value: number };

/** All returns are shares of the entry price in the direction of the signal: 0.01 is one percent. */
export type SliceStatistics = {
  readonly resolved: number;
  readonly unresolved: Readonly<Record<UnresolvedReason, number>>;
  /** A win is a net return above 0. */
  readonly winRate: Rate;
  readonly meanWin: Mean;
  readonly meanLoss: Mean;
  /** Net return. */
  readonly expectancy: Mean;
  /** What the net return is less than the gross one: the costs and slippage that were assumed. */
  readonly costs: Mean;
  /** Gross return over that of an entry at random with the same holding time, where one is known. */
  readonly excess: Mean;
  /** Both barriers lay inside one bar, and the worse one was taken. */
  readonly ambiguous: Rate;
  readonly causes: Readonly<Record<SignalEnd, Rate>>;
};

/** Resolved outcomes whose signal was stated with a confidence of `from` to below `to` (1 belongs to the last). */
export type ReliabilityBucket = {
  readonly from: number;
  readonly to: number;
  readonly confidence: Mean;
  readonly won: Rate;
};

/** The stated confidence read as the probability of a win, which it does not promise to be. */
export type Reliability = {
  readonly buckets: readonly ReliabilityBucket[];
  /** Mean of (confidence - won)^2, 0 is perfect (Brier 1950). */
  readonly brier: Mean;
  /** Expected calibration error, over the buckets: mean of |won - confidence|, weighted by outcomes (Naeini et al. 2015). */
  readonly ece: Figure;
};

/** Of the signals in which it took a side, and after which the price moved. */
export type SourceStatistics = {
  readonly sourceId: string;
  /** How often its side was that in which the price went, before costs. */
  readonly hitRate: Rate;
  /** The same where it was against the signal. */
  readonly dissentRight: Rate;
};

/** Outcomes recorded from `fromMs` to before `toMs`. */
export type TrendWindow = {
  readonly fromMs: number;
  readonly toMs: number;
  readonly winRate: Rate;
  readonly expectancy: Mean;
};

export type Statistics = {
  readonly all: SliceStatistics;
  /** What was asked for with `by`, sorted by key; null unless it was. */
  readonly slices: readonly { readonly key: string; readonly statistics: SliceStatistics }[] | null;
  readonly reliability: Reliability;
  /** Sorted by id. */
  readonly sources: readonly SourceStatistics[];
  /** The newest weeks (from Monday, UTC) with outcomes, oldest first. */
  readonly trend: readonly TrendWindow[];
  /** Not counted: made on other kinds of prices, or under a configuration that is no longer known. */
  readonly setAside: number;
};

export type StatisticsQuery = {
  readonly instrumentId?: string;
  readonly side?: Side;
  /** Of the cycles that recorded the outcomes, inclusive. */
  readonly fromMs?: number;
  readonly toMs?: number;
  readonly by?: SliceDimension;
};

/** Rejects with LedgerError where the record cannot be read. */
export interface TrackRecord {
  /** Says on which prices the signals of a configuration version were made; null where nobody can tell. */
  labels(): Promise<(configVersion: string) => DataLabel | null>;
  statistics(query: StatisticsQuery): Promise<Statistics>;
}
