import { z } from 'zod';
import { HTTP_JSON_DEFAULTS, type HttpJsonAnswer, type HttpJsonDeclaration } from '../core/http-json.ts';
import { type Currency, QUOTE_CURRENCIES } from '../core/instrument.ts';

/** The `http` block of a source that is described instead of programmed. Where one text says it all, a text will do. */

const { headers, separator, batchMax, symbols, answer } = HTTP_JSON_DEFAULTS;
const currencies: readonly Currency[] = QUOTE_CURRENCIES;

/** A text in place of a block stands for the block that `block` makes of it. */
function orText<T extends z.ZodType>(block: (text: string) => unknown, shape: T) {
  return z.preprocess((value) => (typeof value === 'string' ? block(value) : value), shape);
}

const symbolsSchema = orText(
  (format) => ({ stock: format, crypto: format }),
  z.strictObject({
    stock: z.string().nullable().default(symbols.stock),
    crypto: z.string().nullable().default(symbols.crypto),
    case: z.enum(['upper', 'lower']).default(symbols.case),
    map: z.record(z.string(), z.string().min(1)).default(symbols.map),
  }),
);

const timeSchema = orText(
  (pointer) => ({ pointer }),
  z.strictObject({
    pointer: z.string(),
    unit: z.enum(['rfc3339', 's', 'ms', 'us', 'ns']).default('rfc3339'),
  }),
);

const priceSchema = orText(
  (pointer) => ({ pointer }),
  z.strictObject({
    pointer: z.string(),
    currency: z
      .string()
      .refine((text) => text.startsWith('/') || currencies.includes(text), {
        error: `write one of ${currencies.join(', ')}, or where the answer names it, such as /currency`,
      })
      .optional(),
  }),
);

type ValueShape = {
  readonly price?: z.output<typeof priceSchema> | undefined;
  readonly score?: string | undefined;
};

/** Null unless exactly one of the two is there. */
function answerValue({ price, score }: ValueShape): HttpJsonAnswer['value'] | null {
  if (price === undefined) return score === undefined ? null : { kind: 'score', pointer: score };
  if (score !== undefined) return null;
  const { pointer, currency } = price;
  if (currency === undefined) return { kind: 'price', pointer, currency: null };
  return {
    kind: 'price',
    pointer,
    currency: currency.startsWith('/') ? { pointer: currency } : { code: currency },
  };
}

const answerSchema = z
  .strictObject({
    records: z.string().default(answer.records),
    symbol: z.string().nullable().default(answer.symbol),
    time: timeSchema.optional(),
    price: priceSchema.optional(),
    score: z.string().optional(),
  })
  .transform(({ records, symbol, time = answer.time, ...rest }, context): HttpJsonAnswer => {
    const value = answerValue(rest);
    if (value !== null) return { records, symbol, time, value };
    context.addIssue({
      code: 'custom',
      message: 'say where the price stands or where the score does, one of the two',
    });
    return z.NEVER;
  });

export const httpJsonSchema = z.strictObject({
  url: z.string({ error: 'write the address to ask, with {symbol} or {symbols} in it' }),
  headers: z.record(z.string(), z.string()).default(headers),
  separator: z.string().default(separator),
  batchMax: z.int().min(1).max(10_000).default(batchMax),
  symbols: symbolsSchema.prefault({}),
  answer: answerSchema,
});

export type HttpJsonShape = z.output<typeof httpJsonSchema>;

/** Where in the `http` block a problem of the declaration is mended. */
export function httpJsonPath(problemPath: string, { answer: { value } }: HttpJsonShape): readonly string[] {
  const path = problemPath
    .replace(/^answer\.value\.pointer$/, `answer.${value.kind}`)
    .replace(/^answer\.value\.currency.*$/, 'answer.price.currency');
  return path.startsWith('headers.') ? ['headers', path.slice('headers.'.length)] : path.split('.');
}

/** The declaration of source `id`; limits and price stand outside the block, as for any other source. */
export function declarationOf(id: string, operator: string, shape: HttpJsonShape): HttpJsonDeclaration {
  const { limits, priceUsdPerCall } = HTTP_JSON_DEFAULTS;
  return { id, operator, title: id, ...shape, limits, priceUsdPerCall };
}
