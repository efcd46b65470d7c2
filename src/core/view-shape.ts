import { z } from 'zod';
import { barDefect } from './bar.ts';

/** Views that come from outside, out of a file or another process: read strictly, or not at all. */

const atMs = z.int().positive();
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
/** What analysts of others say. */
export const opinionViewShape = z.discriminatedUnion('kind', [
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

export const viewShape = z.discriminatedUnion('kind', [
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
  ...opinionViewShape.options,
]);
