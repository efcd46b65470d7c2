import { z } from 'zod';
import type { CacheEntry } from '../core/cache.ts';
import type { Question } from '../core/question.ts';
import { viewShape } from '../core/view-shape.ts';

/** What another process has written is read like what a stranger has sent: strictly, or not at all. */

const atMs = z.number().int().positive();
/** The sums that make it may leave fractions. */
const untilMs = z.number().positive();
const price = z.number().positive();

const entrySchema = z.strictObject({
  result: z.discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('view'),
      view: viewShape,
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
