import type { Currency } from './instrument.ts';
import type { LimitWindow } from './source.ts';

/** How one asset class is spelled, with `{id}`, `{base}` and `{quote}` to be filled in: `{base}{quote}`. */
export type SymbolFormat = string;

/** Where a JSON answer keeps what: RFC 6901 pointers (`/data/0/price`, `` for the whole), see each field. */
export type HttpJsonAnswer = {
  /**
   * The records of an answer, with `*` for every item of an array or every member of an object: `/data/*`. Empty: the
   * whole body is one record. The pointers below lead on from a record.
   */
  readonly records: string;
  /** The symbol that a record is about; `*` for the member name that the last `*` of `records` stood for. Null: it names none. */
  readonly symbol: string | null;
  /** When the record's value was true; null where the provider does not say (prices only). */
  readonly time: { readonly pointer: string; readonly unit: 's' | 'ms' | 'us' | 'ns' | 'rfc3339' } | null;
  readonly value:
    | {
        readonly kind: 'price';
        readonly pointer: string;
        /** Where the record names its currency, or the one currency of all prices; null where the symbol says it. */
        readonly currency: { readonly pointer: string } | { readonly code: Currency } | null;
      }
    /** direction x confidence, -1 (sell, certain) to 1 (buy, certain). */
    | { readonly kind: 'score'; readonly pointer: string };
};

/** A provider described instead of programmed: one GET address that answers JSON. */
export type HttpJsonDeclaration = {
  readonly id: string;
  /** Who runs it: mirrors of one operator count as one voice. */
  readonly operator: string;
  readonly title: string;
  /**
   * Absolute, with `{symbol}` or `{symbols}` (all of a batch, joined by `separator`) and `{key:NAME}` for a secret of
   * the source's keys.
   */
  readonly url: string;
  /** Values may hold `{key:NAME}`. */
  readonly headers: Readonly<Record<string, string>>;
  /** Between the symbols of `{symbols}`. */
  readonly separator: string;
  /** Symbols in one request; 1 unless the url takes `{symbols}` or names none. */
  readonly batchMax: number;
  readonly symbols: {
    /** Null: it has none of this class. */
    readonly stock: SymbolFormat | null;
    readonly crypto: SymbolFormat | null;
    readonly case: 'upper' | 'lower';
    /** Spellings that follow no rule, by Sextant's id. */
    readonly map: Readonly<Record<string, string>>;
  };
  readonly answer: HttpJsonAnswer;
  readonly limits: readonly LimitWindow[];
  /** 0 for free and flat plans. */
  readonly priceUsdPerCall: number;
};

/** The `kind` of a source that is declared. */
export const HTTP_JSON_KIND = 'http-json';

/** A declared score counts for this long from the time it names, in ms, unless the source says otherwise. */
export const SCORE_TTL_MS_DEFAULT = 300_000;

export const HTTP_JSON_DEFAULTS = {
  headers: {},
  separator: ',',
  batchMax: 1,
  symbols: { stock: null, crypto: null, case: 'upper', map: {} },
  answer: { records: '', symbol: null, time: null },
  limits: [{ max: 60, windowMs: 60_000, counting: 'sliding' }],
  priceUsdPerCall: 0,
} as const satisfies Partial<Omit<HttpJsonDeclaration, 'answer'>> & { answer: Partial<HttpJsonAnswer> };
