import axios, { type AxiosError, type AxiosResponse, type InternalAxiosRequestConfig } from 'axios';
import axiosRetry from 'axios-retry';
import Bottleneck from 'bottleneck';
import {
  bulkhead,
  ConsecutiveBreaker,
  circuitBreaker,
  ExponentialBackoff,
  handleAll,
  retry,
  wrap,
} from 'cockatiel';
import { LRUCache } from 'lru-cache';
import CircuitBreaker from 'opossum';
import type { Ask } from '../src/core/answer.ts';
import type { Clock } from '../src/core/clock.ts';
import { GATEWAY_DEFAULTS } from '../src/core/gateway-options.ts';
import type { Http } from '../src/core/http.ts';
import type { Instrument } from '../src/core/instrument.ts';
import { CACHE_DEFAULTS, SOURCE_DEFAULTS, type SourceOptions } from '../src/core/options.ts';
import { type Endpoint, NO_LIMIT_STATE, type Source } from '../src/core/source.ts';
import { createGateway } from '../src/gateway/gateway.ts';
import { createSystemClock } from '../src/platform/system-clock.ts';
import { systemRandom } from '../src/platform/system-random.ts';

/** One way to carry questions to a provider: ours, or what a user would build from npm. */
export type Carrier = {
  /** Asks about symbols that may share a request. Rejects where one is not answered. */
  ask(symbols: readonly string[]): Promise<unknown>;
  /** Asks about what was answered a moment ago; null where nothing is kept. */
  askAgain: ((symbol: string) => Promise<unknown>) | null;
  /** Whether it has held the provider for broken. */
  hasGivenUp(): boolean;
  close(): Promise<unknown>;
};

/** Prices on request: whatever is asked for costs the same. */
export type Provider = {
  /** Rejects after `timeoutMs`. */
  readonly send: (url: string, timeoutMs: number) => Promise<string>;
  readonly symbolsPerRequestMax: number;
};

const ADDRESS = 'https://provider.test/quotes?symbols=';
export const BODY = '{"price":100}';
/** Answers at once, in memory. */
const INSTANT: Provider = { send: () => Promise.resolve(BODY), symbolsPerRequestMax: 100 };
const KEPT_MAX = 1_000;
const TTL_MS = 60_000;
const TIMEOUT_MS = 2_000;
const CONCURRENCY = 64;
const PER_SECOND_MAX = 1_000_000_000;

export type Quote = { readonly symbol: string; readonly price: number };

function quotesIn(body: unknown, symbols: readonly string[]): Quote[] {
  const { price } = (typeof body === 'string' ? JSON.parse(body) : body) as { price: number };
  return symbols.map((symbol) => ({ symbol, price }));
}

/** Nothing but asking: what all the others add something to. */
export function bareCarrier(): Carrier {
  return {
    ask: async (symbols) => quotesIn(await INSTANT.send(ADDRESS + symbols.join(','), TIMEOUT_MS), symbols),
    askAgain: null,
    hasGivenUp: () => false,
    close: () => Promise.resolve(),
  };
}

const quotesEndpoint: Endpoint = {
  name: 'quotes',
  kind: 'market',
  batchMax: INSTANT.symbolsPerRequestMax,
  accepts: () => true,
  weight: () => 1,
  request: (batch) => ({
    method: 'GET',
    url: ADDRESS + batch.map(({ instrument }) => instrument.id).join(','),
    headers: {},
    body: null,
  }),
  parse: ({ body, receivedAtMs }, batch) => {
    const { price } = JSON.parse(body) as { price: number };
    return {
      readings: batch.map(({ instrument }) => ({
        kind: 'ok',
        view: {
          kind: 'market',
          quote: {
            instrumentId: instrument.id,
            price,
            currency: 'USD',
            bid: null,
            ask: null,
            eventAtMs: null,
            receivedAtMs,
          },
          bars: [],
        },
      })),
      reportedCostUsd: null,
      nextPage: null,
    };
  },
};

const source: Source = {
  id: 'bench',
  operator: 'bench',
  title: 'Bench',
  defaultBaseUrl: 'https://provider.test',
  keys: {},
  options: {},
  limits: [],
  priceUsdPerCall: 0.01,
  endpoints: [quotesEndpoint],
  limitState: () => NO_LIMIT_STATE,
};

const sourceOptions: SourceOptions = {
  ...SOURCE_DEFAULTS,
  id: 'bench',
  kind: 'bench',
  operator: 'bench',
  analyst: 'none',
  baseUrl: source.defaultBaseUrl,
  keys: {},
  options: {},
  limits: [{ max: PER_SECOND_MAX, windowMs: 1_000, counting: 'fixed' }],
  priceUsdPerCall: 0.01,
  budget: { usdPerDay: 1e12, usdPerMonth: null, callsPerDay: null, callsPerMonth: null },
  ttlMs: TTL_MS,
  timeoutMs: TIMEOUT_MS,
  concurrency: CONCURRENCY,
};

export type SextantSetup = {
  readonly provider?: Provider;
  readonly batching?: boolean;
  /** What is going to be asked about. */
  readonly symbols?: readonly string[];
  readonly patienceMs?: number;
};

function stockOf(id: string): Instrument {
  return { id, assetClass: 'stock', base: id, quote: 'USD' };
}

function httpOf(provider: Provider, clock: Clock): Http {
  return {
    send: (request, { timeoutMs }) =>
      provider.send(request.url, timeoutMs).then(
        (body) => ({
          kind: 'response',
          response: { status: 200, headers: {}, body, receivedAtMs: clock.nowMs() },
        }),
        () => ({ kind: 'failed', reason: 'timeout', detail: 'no answer in time' }),
      ),
    close: () => Promise.resolve(),
  };
}

/** The whole gateway with all its guards: deadline, cache, coalescing, parking, batching, retry, breaker, budget, rate limit. */
export function sextantCarrier({
  provider = INSTANT,
  batching = true,
  symbols = [],
  patienceMs = 3_000,
}: SextantSetup = {}): Carrier {
  const clock = createSystemClock();
  const endpoint = { ...quotesEndpoint, batchMax: provider.symbolsPerRequestMax };
  const gateway = createGateway({
    sources: [{ source: { ...source, endpoints: [endpoint] }, options: sourceOptions }],
    symbols: symbols.map(stockOf),
    memory: null,
    http: httpOf(provider, clock),
    clock,
    random: systemRandom,
    options: {
      ...GATEWAY_DEFAULTS,
      batching,
      cache: { ...CACHE_DEFAULTS, isAdaptive: true, quoteTtlMs: TTL_MS },
    },
    redact: (text) => text,
  });
  const askFor = (id: string, deadlineAtMs: number): Ask => ({
    sourceId: 'bench',
    question: { kind: 'market', instrument: stockOf(id) },
    deadlineAtMs,
  });
  const answersFor = async (symbols: readonly string[], kind: 'fresh' | 'cached'): Promise<void> => {
    const deadlineAtMs = clock.nowMs() + patienceMs;
    for (const answer of await gateway.ask(symbols.map((id) => askFor(id, deadlineAtMs)))) {
      if (answer.kind !== kind) throw new Error(`an answer was ${answer.kind}, not ${kind}`);
    }
  };
  return {
    ask: (symbols) => answersFor(symbols, 'fresh'),
    askAgain: (symbol) => answersFor([symbol], 'cached'),
    hasGivenUp: () => gateway.health().some(({ failedByKind }) => (failedByKind.breakerOpen ?? 0) > 0),
    close: () => gateway.close(),
  };
}

/** Looks into an LRU cache first; what is missing goes to `load` as one request. */
function kept(load: (symbols: readonly string[]) => Promise<Quote[]>): Pick<Carrier, 'ask' | 'askAgain'> {
  const cache = new LRUCache<string, Quote>({ max: KEPT_MAX, ttl: TTL_MS });
  const ask = async (symbols: readonly string[]): Promise<Quote[]> => {
    const found: Quote[] = [];
    const missing: string[] = [];
    for (const symbol of symbols) {
      const quote = cache.get(`quotes|${symbol}`);
      if (quote === undefined) missing.push(symbol);
      else found.push(quote);
    }
    if (missing.length === 0) return found;
    const loaded = await load(missing);
    for (const quote of loaded) cache.set(`quotes|${quote.symbol}`, quote);
    return [...found, ...loaded];
  };
  return { ask, askAgain: (symbol) => ask([symbol]) };
}

const OPOSSUM = { errorThresholdPercentage: 50, volumeThreshold: 5, resetTimeout: 2_000 } as const;

/** The usual chain: lru-cache, opossum, bottleneck, axios with axios-retry. */
export function axiosCarrier({ send }: Provider = INSTANT): Carrier {
  const adapter = async (config: InternalAxiosRequestConfig): Promise<AxiosResponse> => ({
    data: await send(config.url ?? '', TIMEOUT_MS),
    status: 200,
    statusText: 'OK',
    headers: {},
    config,
  });
  const client = axios.create({ adapter, timeout: TIMEOUT_MS });
  axiosRetry(client, {
    retries: 2,
    retryDelay: (count) => axiosRetry.exponentialDelay(count),
    retryCondition: isPassing,
  });
  const limiter = new Bottleneck({
    maxConcurrent: CONCURRENCY,
    reservoir: PER_SECOND_MAX,
    reservoirRefreshAmount: PER_SECOND_MAX,
    reservoirRefreshInterval: 1_000,
  });
  const breaker = new CircuitBreaker((url: string) => limiter.schedule(() => client.get<unknown>(url)), {
    ...OPOSSUM,
    timeout: TIMEOUT_MS,
  });
  const load = async (symbols: readonly string[]): Promise<Quote[]> =>
    quotesIn((await breaker.fire(ADDRESS + symbols.join(','))).data, symbols);
  let hasOpened = false;
  breaker.on('open', () => {
    hasOpened = true;
  });
  return {
    ...kept(load),
    hasGivenUp: () => hasOpened,
    close: async () => {
      breaker.shutdown();
      await limiter.disconnect();
    },
  };
}

function isPassing(error: AxiosError): boolean {
  return error.response === undefined || error.response.status >= 500;
}

/** As many as may leave per second; nothing on npm that paces is lighter. */
function perSecond(max: number): () => void {
  const clock = createSystemClock();
  let second = 0;
  let used = 0;
  return () => {
    const now = Math.floor(clock.nowMs() / 1_000);
    if (now !== second) used = 0;
    second = now;
    used += 1;
    if (used > max) throw new Error('rate limited');
  };
}

/**
 * The lightest sensible chain: lru-cache, then cockatiel's retry, breaker and bulkhead, a counter, and a function that
 * sends. With `deadline`, opossum is the breaker, because its timeout is cheaper than cockatiel's; without, nothing ends a
 * call that hangs.
 */
export function lightestCarrier(deadline: boolean): Carrier {
  const take = perSecond(PER_SECOND_MAX);
  const send = (url: string): Promise<string> => {
    take();
    return INSTANT.send(url, TIMEOUT_MS);
  };
  const again = retry(handleAll, { maxAttempts: 2, backoff: new ExponentialBackoff() });
  const room = bulkhead(CONCURRENCY, 100_000);
  const timed = new CircuitBreaker(send, { ...OPOSSUM, timeout: TIMEOUT_MS });
  const untimed = circuitBreaker(handleAll, { halfOpenAfter: 2_000, breaker: new ConsecutiveBreaker(5) });
  const policy = deadline ? wrap(again, room) : wrap(again, untimed, room);
  const sending = deadline ? (url: string) => timed.fire(url) : send;
  const load = async (symbols: readonly string[]): Promise<Quote[]> => {
    const url = ADDRESS + symbols.join(',');
    return quotesIn(await policy.execute(() => sending(url)), symbols);
  };
  return {
    ...kept(load),
    hasGivenUp: () => timed.opened,
    close: async () => timed.shutdown(),
  };
}

export const CARRIERS = {
  bare: bareCarrier,
  sextant: () => sextantCarrier(),
  'sextant, batching off': () => sextantCarrier({ batching: false }),
  'lru-cache, cockatiel': () => lightestCarrier(false),
  'lru-cache, cockatiel, opossum': () => lightestCarrier(true),
  'lru-cache, opossum, bottleneck, axios, axios-retry': () => axiosCarrier(),
} as const satisfies Record<string, () => Carrier>;

export type CarrierName = keyof typeof CARRIERS;
