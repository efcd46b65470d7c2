import { z } from 'zod';
import { parseInstrument } from '../core/instrument.ts';
import { momentOf } from '../core/moment.ts';
import { SLICE_DIMENSIONS } from '../core/track-record.ts';

/** What may stand in a query. A message says what is allowed; the error handler puts what was found before it. */

const PAGE_MAX = 500;
const PAGE_DEFAULT = 100;
const BARS_DEFAULT = 240;

function wholeNumber(min: number, max: number) {
  const allowed = `a whole number from ${min} to ${max}`;
  return z
    .string(allowed)
    .regex(/^\d{1,16}$/, allowed)
    .transform(Number)
    .refine((value) => value >= min && value <= max, allowed)
    .meta({ type: 'integer', minimum: min, maximum: max, pattern: undefined });
}

const MOMENT_ALLOWED =
  'Unix milliseconds, a date, or an ISO 8601 moment with its zone (2026-01-15T14:30:00Z)';
const UNIX_MS = /^\d{1,15}$/;

const moment = z
  .string(MOMENT_ALLOWED)
  .transform((text) => (UNIX_MS.test(text) ? Number(text) : (momentOf(text) ?? Number.NaN)))
  .refine((atMs) => !Number.isNaN(atMs), MOMENT_ALLOWED)
  .meta({ type: 'string', description: MOMENT_ALLOWED });

const instrument = z.string('one instrument such as AAPL or BTC-USD').check((context) => {
  const parsed = parseInstrument(context.value);
  if (parsed.kind === 'ok') return;
  const message = 'a stock (AAPL, BRK.B) or a crypto pair with its quote currency (BTC-USD, ETH-USDT)';
  context.issues.push({ code: 'custom', input: context.value, message });
});

const oneOf = <const Choice extends string>(...choices: readonly Choice[]) =>
  z.enum(choices, `one of ${choices.join(', ')}`);

const page = {
  from: moment.optional(),
  to: moment.optional(),
  cursor: wholeNumber(1, Number.MAX_SAFE_INTEGER).describe('`nextCursor` of the page before').optional(),
  limit: wholeNumber(1, PAGE_MAX).describe(`Rows at most; ${PAGE_DEFAULT} unless told`).optional(),
};

/** A span that ends before it begins would come to nothing, and look like a time in which nothing happened. */
function spanning<Shape extends z.ZodRawShape>(schema: z.ZodObject<Shape, z.core.$strict>) {
  return schema.check(({ value, issues }) => {
    const { from, to } = value as Pick<Page, 'from' | 'to'>;
    if (from === undefined || to === undefined || from <= to) return;
    issues.push({ code: 'custom', input: value, path: ['from'], message: 'a moment that is not after `to`' });
  });
}

export const decisionsQuery = spanning(
  z.strictObject({
    instrument: instrument.optional(),
    kind: oneOf('BUY', 'SELL', 'HOLD', 'ABSTAIN').optional(),
    ...page,
  }),
);

export const signalsQuery = spanning(
  z.strictObject({
    instrument: instrument.optional(),
    side: oneOf('BUY', 'SELL').optional(),
    open: oneOf('true', 'false').optional(),
    ...page,
  }),
);

export const outcomesQuery = spanning(
  z.strictObject({
    instrument: instrument.optional(),
    side: oneOf('BUY', 'SELL').optional(),
    kind: oneOf('resolved', 'unresolved').optional(),
    ...page,
  }),
);

export const statisticsQuery = spanning(
  z.strictObject({
    instrument: instrument.optional(),
    side: oneOf('BUY', 'SELL').optional(),
    from: moment.optional(),
    to: moment.optional(),
    by: oneOf(...SLICE_DIMENSIONS)
      .describe('Also slice by slice')
      .optional(),
  }),
);

export const barsQuery = z.strictObject({
  instrument,
  count: wholeNumber(1, PAGE_MAX).describe(`Newest bars at most; ${BARS_DEFAULT} unless told`).optional(),
});

export const signalParams = z.strictObject({
  id: z
    .string()
    .regex(/^[A-Z0-9.-]{1,60}$/, 'the id of a signal, such as AAPL-20260115T143005Z-BUY')
    .describe('Such as AAPL-20260115T143005Z-BUY'),
});

export const streamQuery = z.strictObject({
  lastEventId: wholeNumber(0, Number.MAX_SAFE_INTEGER)
    .describe('As the `Last-Event-ID` header, for clients that cannot set one; the header wins')
    .optional(),
});

export const noQuery = z.strictObject({});

type Page = {
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  readonly cursor?: number | undefined;
  readonly limit?: number | undefined;
};

/** The time part of a ledger filter; absent stays absent. */
export function timeFilter({ from, to }: Pick<Page, 'from' | 'to'>) {
  return { ...(from !== undefined && { fromMs: from }), ...(to !== undefined && { toMs: to }) };
}

/** The page part of a ledger filter; absent stays absent. */
export function pageFilter({ from, to, cursor, limit = PAGE_DEFAULT }: Page) {
  return {
    ...timeFilter({ from, to }),
    ...(cursor !== undefined && { beforeSeq: cursor }),
    limit,
  };
}

export const barsCount = (count: number | undefined): number => count ?? BARS_DEFAULT;

/** Where the next page goes on: a page that is not full is the last. */
export function nextCursor(rows: readonly { readonly seq: number }[], limit: number): string | null {
  const last = rows.at(-1);
  return last !== undefined && rows.length === limit ? String(last.seq) : null;
}
