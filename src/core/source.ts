import type { Failure } from './failure.ts';
import type { HttpRequest, HttpResponse } from './http.ts';
import type { Instrument } from './instrument.ts';
import type { Question, View } from './question.ts';

/** What the user configured for one source. `keys` holds secrets: they enter requests and nothing else. */
export type SourceSettings = {
  /** Without trailing slash. */
  readonly baseUrl: string;
  /** By key name of the source (`apiKey`, `secret`); empty for keyless sources. */
  readonly keys: Readonly<Record<string, string>>;
  /** Source-specific choices such as `model` or `feed`. */
  readonly options: Readonly<Record<string, string>>;
};

/** One question's share of a parsed answer. */
export type Reading =
  | { readonly kind: 'ok'; readonly view: View }
  | { readonly kind: 'failed'; readonly failure: Failure };

export type ParsedBatch = {
  /** `readings[i]` answers `batch[i]`; matched by symbol, never by position in the answer. */
  readonly readings: readonly Reading[];
  /** What the provider itself says the call cost, where it does. */
  readonly reportedCostUsd: number | null;
  /** Token of the next page, where the answer is only a part. */
  readonly nextPage: string | null;
};

/** A window the provider counts in, as the provider documents it. */
export type LimitWindow = {
  /** Requests, or weight units where the provider weighs, allowed per window. */
  readonly max: number;
  readonly windowMs: number;
  /** Fixed windows begin at multiples of `windowMs` since the epoch; sliding ones end now. */
  readonly counting: 'fixed' | 'sliding';
};

/** What an answer's headers say about the allowance. Every field null where the provider is silent. */
export type LimitState = {
  readonly max: number | null;
  readonly remaining: number | null;
  readonly used: number | null;
  /** When the quota changes (Unix ms), whatever unit the header used. */
  readonly resetAtMs: number | null;
  /** From Retry-After, in ms from now. */
  readonly retryAfterMs: number | null;
};

export const NO_LIMIT_STATE: LimitState = {
  max: null,
  remaining: null,
  used: null,
  resetAtMs: null,
  retryAfterMs: null,
};

/** One address of a provider that answers one kind of question. Pure: no clock, no IO, no state. */
export type Endpoint = {
  /** Stable, for metrics and breakers: `stocks/snapshots`. */
  readonly name: string;
  readonly kind: Question['kind'];
  /** Most questions that fit into one request. */
  readonly batchMax: number;
  /** How long a question waits for company, in ms, where a shared request is worth that; absent: those of one tick go together. */
  readonly batchWaitMs?: number;
  accepts(instrument: Instrument): boolean;
  /** Limit units one request of this batch uses up (1 unless the provider weighs). */
  weight(batch: readonly Question[]): number;
  request(batch: readonly Question[], settings: SourceSettings, page: string | null): HttpRequest;
  /** Never throws: a body that cannot be read becomes failed readings. */
  parse(response: HttpResponse, batch: readonly Question[], settings: SourceSettings): ParsedBatch;
};

/** A provider. Everything about it that is not patience. */
export type Source = {
  readonly id: string;
  /** Who runs it: mirrors of one operator count as one voice. */
  readonly operator: string;
  /** For people: `Alpaca Market Data`. */
  readonly title: string;
  readonly defaultBaseUrl: string;
  /** Keys it takes: name -> environment variable that `init` proposes. `required` false: works without, maybe slower. */
  readonly keys: Readonly<Record<string, { readonly env: string; readonly required: boolean }>>;
  /** Option names it understands, with their defaults. */
  readonly options: Readonly<Record<string, string>>;
  /** Of an option that takes not every text: all that it may say, its default among them. */
  readonly optionChoices?: Readonly<Record<string, readonly string[]>>;
  /** The provider's limits on its free or basic plan; the config may replace them. */
  readonly limits: readonly LimitWindow[];
  /** List price of one call in USD on a pay-per-call plan; 0 for free and flat plans, null where only the answer tells. */
  readonly priceUsdPerCall: number | null;
  readonly endpoints: readonly Endpoint[];
  limitState(response: HttpResponse): LimitState;
};

/** The endpoint of `source` that answers `question`, or null. The first in the source's order wins. */
export function endpointFor(source: Source, kind: Question['kind'], instrument: Instrument): Endpoint | null {
  return source.endpoints.find((endpoint) => endpoint.kind === kind && endpoint.accepts(instrument)) ?? null;
}
