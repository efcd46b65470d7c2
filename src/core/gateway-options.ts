/** Options of the gateway with their defaults; the configuration says some of them. */

/** When an endpoint that fails is left alone. */
export type BreakerOptions = {
  /** So many failures in a row open the breaker. */
  readonly failuresInRow: number;
  /** So does this share of failures, 0..1, among the last `outcomesKept`. */
  readonly failureShare: number;
  readonly outcomesKept: number;
  /** So does this share of slow calls, 0..1, among them. */
  readonly slowShare: number;
  /** So does this share of bad data, 0..1, among the last `judgedKept` that were judged. */
  readonly badDataShare: number;
  readonly judgedKept: number;
  /** Until one request tries again, in ms. */
  readonly openMs: number;
  /** The same after a refused key or address, which no retry cures, in ms. */
  readonly lockedMs: number;
};

export type RetryOptions = {
  readonly retriesMax: number;
  /** Longest wait before the first retry, in ms; doubles with each further one up to `waitMsMax`. */
  readonly firstWaitMs: number;
  readonly waitMsMax: number;
  /** Off: the longest wait each time. */
  readonly jitter: boolean;
  /** Retries as a share of all requests, 0..1; infinite: as many as fail. */
  readonly extraLoadMax: number;
};

/** When a request that costs nothing is sent a second time. */
export type HedgeOptions = {
  /** So many times what 95 % of the answers of late took is late. */
  readonly lateFactor: number;
  /** Only where every window of the provider is used below this share, 0..1. */
  readonly roomShare: number;
};

export const HEDGE_DEFAULTS: HedgeOptions = { lateFactor: 2, roomShare: 0.5 };

/** How an allowance of an hour or longer is spread over the time in which its answers are of use. */
export type PaceOptions = {
  /** Of an allowance of a day or longer, 0..1: may go before its turn. */
  readonly burstShare: number;
  /** Of a shorter one, 0..1: may go at once after a quiet time; one less is what backlog cannot use of it. */
  readonly hourlyBurstShare: number;
};

/** Of the cycle: how long a quote counts as fresh in an open market. */
export const QUOTE_TTL_SHARE_OF_CYCLE = 0.2;
/** However long the cycle is. */
export const QUOTE_TTL_MS_MAX = 5_000;

export type GatewayCacheOptions = {
  readonly bytesMax: number;
  /** Off: every good answer is served for a fixed time. */
  readonly isAdaptive: boolean;
  /** How long a quote counts as fresh in an open market, in ms; none is served there beyond two and a half times this. */
  readonly quoteTtlMs: number;
};

/** How the gateway carries questions; the same for all sources. */
export type GatewayOptions = {
  /** Off: one question per request. */
  readonly batching: boolean;
  /** How long a question waits for company to the same endpoint, in ms; 0: those of one tick go together. */
  readonly batchWaitMs: number;
  /** Most requests under way at one source. */
  readonly connectionsMax: number;
  /** Most requests that wait for one source; two for each symbol where that is more. */
  readonly queueMax: number;
  /** Of one decompressed answer. */
  readonly bytesMax: number;
  /** Null: every question is asked. */
  readonly cache: GatewayCacheOptions | null;
  /** Null: no request is sent twice. */
  readonly retry: RetryOptions | null;
  /** Null: nobody is asked twice for being late. Retries and these share one allowance. */
  readonly hedge: HedgeOptions | null;
  /** Null: a failing endpoint is asked on and on. */
  readonly breaker: BreakerOptions | null;
  /** Null: long allowances are spent as they are asked for. */
  readonly pace: PaceOptions | null;
  /** Symbols that a source refuses are asked again after `recheckMs`, doubling up to `recheckMsMax`. */
  readonly parking: {
    readonly recheckMs: number;
    readonly recheckMsMax: number;
    readonly symbolsMax: number;
  };
};

/** What `backoff` off means. */
export const FIXED_DELAY_RETRY: RetryOptions = {
  retriesMax: 2,
  firstWaitMs: 1_000,
  waitMsMax: 1_000,
  jitter: false,
  extraLoadMax: Number.POSITIVE_INFINITY,
};

export const GATEWAY_DEFAULTS: GatewayOptions = {
  batching: true,
  batchWaitMs: 0,
  connectionsMax: 64,
  queueMax: 10_000,
  bytesMax: 8 * 1024 * 1024,
  cache: null,
  retry: { retriesMax: 2, firstWaitMs: 50, waitMsMax: 1_000, jitter: true, extraLoadMax: 0.1 },
  hedge: null,
  breaker: {
    failuresInRow: 5,
    failureShare: 0.5,
    outcomesKept: 20,
    slowShare: 0.8,
    badDataShare: 0.9,
    judgedKept: 20,
    openMs: 2_000,
    lockedMs: 300_000,
  },
  pace: { burstShare: 0.1, hourlyBurstShare: 0.05 },
  parking: { recheckMs: 300_000, recheckMsMax: 6 * 3_600_000, symbolsMax: 10_000 },
};
