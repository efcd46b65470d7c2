import { z } from 'zod';
import type { Mean, Rate, SliceStatistics } from '../core/track-record.ts';
import type { OutcomesAnswer, StatisticsAnswer } from './contract.ts';
import { cursor, label, signal, signalOutcome, unixMs } from './schemas.ts';

/** The track record as schemas: what {@link ./schemas.ts} is for the rest. */

export const outcomesAnswer: z.ZodType<OutcomesAnswer> = z.object({
  outcomes: z.array(
    z.object({ seq: z.number().int(), label: label.nullable(), signal, outcome: signalOutcome }),
  ),
  nextCursor: cursor,
});

const count = z.number().int();
const overDays = {
  days: count.describe('UTC days in which the outcomes were recorded'),
  outcomesEffective: z
    .number()
    .nullable()
    .describe('As many outcomes independent of each other would tell as much; null without an interval'),
  ci95: z
    .tuple([z.number(), z.number()])
    .nullable()
    .describe('95 % interval, outcomes of one UTC day taken as hanging together; null over too few days'),
  says: z.string().nullable().describe('Why there is no interval; null where there is one'),
};
const notEnough = z
  .object({
    kind: z.literal('notEnough'),
    outcomes: count,
    outcomesMin: count,
    says: z.string(),
  })
  .meta({ id: 'NotEnough' });
const measured = { kind: z.literal('measured'), outcomes: count };

const rate = z
  .discriminatedUnion('kind', [notEnough, z.object({ ...measured, rate: z.number(), ...overDays })])
  .meta({ id: 'Rate' }) satisfies z.ZodType<Rate>;
const mean = z
  .discriminatedUnion('kind', [notEnough, z.object({ ...measured, mean: z.number(), ...overDays })])
  .meta({ id: 'Mean' }) satisfies z.ZodType<Mean>;

const slice = z
  .object({
    resolved: count,
    unresolved: z.object({ gap: count, halt: count, split: count, noBars: count }),
    winRate: rate,
    meanWin: mean,
    meanLoss: mean,
    expectancy: mean,
    costs: mean,
    excess: mean,
    ambiguous: rate,
    causes: z.object({ flip: rate, target: rate, stop: rate, expiry: rate }),
  })
  .meta({ id: 'SliceStatistics' }) satisfies z.ZodType<SliceStatistics>;

export const statisticsAnswer: z.ZodType<StatisticsAnswer> = z
  .object({
    label,
    all: slice,
    slices: z.array(z.object({ key: z.string(), statistics: slice })).nullable(),
    reliability: z.object({
      buckets: z.array(z.object({ from: z.number(), to: z.number(), confidence: mean, won: rate })),
      brier: mean,
      ece: z.discriminatedUnion('kind', [notEnough, z.object({ ...measured, value: z.number() })]),
    }),
    sources: z.array(z.object({ sourceId: z.string(), hitRate: rate, dissentRight: rate })),
    trend: z.array(z.object({ fromMs: unixMs, toMs: unixMs, winRate: rate, expectancy: mean })),
    setAside: count,
  })
  .meta({ id: 'Statistics' });
