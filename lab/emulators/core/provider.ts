import type { LabLimit, LimitStanding } from './limit-gate.ts';
import type { Look } from './look.ts';
import type { LabRequest } from './wire.ts';

/** What a provider says no for before it looks at the question. */
export type Refusal =
  | { readonly kind: 'limit' | 'quota'; readonly limit: LabLimit; readonly retryAfterMs: number }
  | { readonly kind: 'ban'; readonly retryAfterMs: number }
  /** `key` is null where none was shown. */
  | { readonly kind: 'auth'; readonly key: string | null }
  | { readonly kind: 'noRoute' }
  | { readonly kind: 'down' };

/** JSON that is written already: what stays the same from answer to answer is written once. */
export class JsonText {
  readonly text: string;

  constructor(value: unknown) {
    this.text = JSON.stringify(value);
  }
}

/** An answer before it is put on the wire. A body that is no text is sent as JSON. */
export type Reply = {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Charged for this answer, in USD, where the plan bills by call or by token. */
  readonly costUsd?: number;
};

/** One admitted request. */
export type Call = {
  readonly request: LabRequest;
  /** Values of the route's `:name` segments, decoded. */
  readonly params: Readonly<Record<string, string>>;
  readonly plan: string;
  readonly nowMs: number;
  readonly look: Look;
};

export type Route = {
  /** For counts: `stocks/snapshots`. */
  readonly name: string;
  readonly method: 'GET' | 'POST';
  /** Segments; `:name` takes any one. */
  readonly path: string;
  /** Units of limits counted by weight; 1 when left out. */
  readonly weight?: (request: LabRequest) => number;
  readonly answer: (call: Call) => Reply;
};

/** What one may do for what money. */
export type Plan = {
  readonly limits: readonly LabLimit[];
  readonly usdPerMonth: number;
  /** Where the plan's data are older than the provider's own. */
  readonly lagMs?: number;
};

/** Everything that makes one provider differ from another. */
export type Provider = {
  readonly id: string;
  /** What its base URL ends in after the host: `` or `/v1`. */
  readonly basePath: string;
  /** Of a whole exchange, when the lab is not told another. */
  readonly latencyMedianMs: number;
  /** How much later than the market it knows of a trade. */
  readonly lagMs: number;
  /** The first, the cheapest that serves current prices, is the default; `free` costs nothing, where there is such. */
  readonly plans: Readonly<Record<string, Plan>>;
  readonly routes: readonly Route[];
  /** The key shown in a request; null without one. */
  key(request: LabRequest): string | null;
  /** Whether this request needs a key. */
  needsKey(request: LabRequest): boolean;
  refuse(refusal: Refusal, request: LabRequest): Reply;
  /** Sent with every answer to an admitted or over-limit request. */
  headers?(standings: readonly LimitStanding[], nowMs: number): Record<string, string>;
  /** After so many over-limit requests in a row every request is refused for a while. */
  readonly ban?: { readonly afterOverLimit: number; readonly banMs: number };
};
