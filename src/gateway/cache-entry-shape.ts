import { z } from 'zod';
import { barDefect } from '../core/bar.ts';
import type { CacheEntry } from '../core/cache.ts';
import type { Question } from '../core/question.ts';

/** What another process has written is read like what a stranger has sent: strictly, or not at all. */

const atMs = z.number().int().positive();
/** The sums that make it may leave fractions. */
const untilMs = z.number().positive();
const price = z.number().positive();

const bar = z
  .strictObject({
    openAtMs: atMs,
    intervalMs: z.int().positive(),
    open: price,
    high: price,
    low: price,
    close: price,
    volume: z.number().min(0),
  })
  .refine((read) => barDefect(read) === null);
const bars = z.array(bar).max(100_000);
const count = z.number().min(0);
const view = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('market'),
    quote: z.strictObject({
      instrumentId: z.string(),
      price,
      currency: z.string(),
      bid: price.nullable(),
      ask: price.nullable(),
      eventAtMs: atMs.nullable(),
      receivedAtMs: atMs,
    }),
    bars,
  }),
  z.strictObject({ kind: z.literal('bars'), bars }),
  z.strictObject({
    kind: z.literal('stance'),
    stance: z.enum(['buy', 'sell', 'hold']),
    confidence: z.number().min(0).max(1),
    rationale: z.string().max(500),
    eventAtMs: atMs,
  }),
  z.strictObject({
    kind: z.literal('rating'),
    strongBuy: count,
    buy: count,
    hold: count,
    sell: count,
    strongSell: count,
    eventAtMs: atMs,
  }),
  z.strictObject({
    kind: z.literal('gauge'),
    gauge: z.string(),
    value: z.number(),
    min: z.number(),
    max: z.number(),
    eventAtMs: atMs,
  }),
]);

const entrySchema = z.strictObject({
  result: z.discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('view'),
      view,
      provenance: z.strictObject({
        sourceId: z.string(),
        endpoint: z.string(),
        eventAtMs: atMs.nullable(),
        receivedAtMs: atMs,
        digest: z.string().max(16),
      }),
    }),
    z.strictObject({
      kind: z.literal('failed'),
      failure: z.strictObject({
        kind: z.literal('noData'),
        detail: z.string().max(300),
        retryAfterMs: z.number().min(0).nullable(),
      }),
    }),
  ]),
  receivedAtMs: atMs,
  freshUntilMs: untilMs,
  renewUntilMs: untilMs,
  standInUntilMs: untilMs,
  etag: z.string().nullable(),
  lastModified: z.string().nullable(),
  rate: z
    .strictObject({
      eventAtMs: atMs,
      intervalMs: z.number().positive().nullable(),
      price: price.nullable(),
      variancePerMs: z.number().min(0).nullable(),
    })
    .nullable(),
  failures: z.int().min(0),
});

/** Clocks of two machines may differ so far. */
const AHEAD_MS_MAX = 5_000;

/** The entry where it is one, answers this question and was written by now; else null. */
export function readCacheEntry(found: unknown, question: Question, nowMs: number): CacheEntry | null {
  const { success, data: entry } = entrySchema.safeParse(found);
  if (!success || entry.receivedAtMs > nowMs + AHEAD_MS_MAX) return null;
  const { result } = entry;
  if (result.kind === 'failed') return entry;
  const { view: read } = result;
  if (read.kind !== question.kind) return null;
  if (read.kind !== 'market') return entry;
  const { id, quote: currency } = question.instrument;
  return read.quote.instrumentId === id && read.quote.currency === currency ? entry : null;
}
