import { type Dispatcher, Pool } from 'undici';
import type { Clock } from '../core/clock.ts';
import type { Http, HttpOptions, HttpOutcome, HttpRequest } from '../core/http.ts';
import { ACCEPT_ENCODING } from './decompress.ts';
import { Exchange } from './exchange.ts';
import { Expiries } from './expiries.ts';

export type UndiciHttpOptions = {
  /** Connections per origin; more requests than that wait, inside their own timeout. */
  readonly connectionsMax: number;
  readonly connectTimeoutMs: number;
  /** From the request to the last header line. */
  readonly headersTimeoutMs: number;
  /** Between two pieces of the body. */
  readonly bodyTimeoutMs: number;
  /** How long an idle connection is kept. */
  readonly idleMs: number;
  /** Off: every request opens its own connection. */
  readonly keepAlive: boolean;
};

export const UNDICI_HTTP_DEFAULTS: UndiciHttpOptions = {
  connectionsMax: 128,
  connectTimeoutMs: 3_000,
  headersTimeoutMs: 60_000,
  bodyTimeoutMs: 10_000,
  idleMs: 60_000,
  keepAlive: true,
};

/** One origin's connections at this moment. */
export type PoolFigures = {
  readonly origin: string;
  readonly open: number;
  readonly free: number;
  readonly queued: number;
  readonly running: number;
};

export type UndiciHttp = Http & { pools(): PoolFigures[] };

/**
 * HTTP over one keep-alive pool per origin. A key never leaves over a plain connection: `http:` is for loopback only.
 * Texts of failures name the origin and nothing of path or query.
 */
export function createUndiciHttp(chosen: { readonly clock: Clock } & Partial<UndiciHttpOptions>): UndiciHttp {
  const options = { ...UNDICI_HTTP_DEFAULTS, ...chosen };
  const { clock } = options;
  const pools = new Map<string, Pool>();
  const expiries = new Expiries();

  const poolOf = (origin: string): Pool => {
    let pool = pools.get(origin);
    if (pool === undefined) {
      pool = new Pool(origin, {
        connections: options.connectionsMax,
        pipelining: 1,
        connect: { timeout: options.connectTimeoutMs, autoSelectFamily: true },
        headersTimeout: options.headersTimeoutMs,
        bodyTimeout: options.bodyTimeoutMs,
        keepAliveTimeout: options.idleMs,
      });
      pools.set(origin, pool);
    }
    return pool;
  };

  const send = (request: HttpRequest, { timeoutMs, bytesMax }: HttpOptions): Promise<HttpOutcome> => {
    const target = targetOf(request.url);
    if (target.kind === 'refused') return Promise.resolve(unsent(target.detail));
    return new Promise((resolve) => {
      const exchange = new Exchange({ origin: target.origin, bytesMax, clock, resolve });
      exchange.forget = expiries.add(exchange, timeoutMs);
      try {
        poolOf(target.origin).dispatch(dispatchOptions(request, target.path, options.keepAlive), exchange);
      } catch (error) {
        exchange.onResponseError(null, error as Error);
      }
    });
  };

  return {
    send,
    close: async () => {
      await Promise.all([...pools.values()].map((pool) => pool.close()));
    },
    pools: () =>
      [...pools].map(([origin, { stats }]) => ({
        origin,
        open: stats.connected,
        free: stats.free,
        queued: stats.queued,
        running: stats.running,
      })),
  };
}

function dispatchOptions(request: HttpRequest, path: string, keepAlive: boolean): Dispatcher.DispatchOptions {
  return {
    method: request.method,
    path,
    headers: { 'accept-encoding': ACCEPT_ENCODING, ...request.headers },
    body: request.body,
    reset: !keepAlive,
  };
}

function unsent(detail: string): HttpOutcome {
  return { kind: 'failed', reason: 'connection', detail, unsent: true };
}

type Target =
  | { readonly kind: 'ok'; readonly origin: string; readonly path: string }
  | { readonly kind: 'refused'; readonly detail: string };

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

function targetOf(text: string): Target {
  const url = URL.parse(text);
  if (url === null) return { kind: 'refused', detail: 'the address of the request is not a URL' };
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && LOOPBACK.test(url.hostname))) {
    return { kind: 'refused', detail: `${url.origin} is not https: only loopback may go without` };
  }
  return { kind: 'ok', origin: url.origin, path: `${url.pathname}${url.search}` };
}
