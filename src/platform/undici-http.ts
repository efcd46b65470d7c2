import { buildConnector, type Dispatcher, Pool } from 'undici';
import type { Clock } from '../core/clock.ts';
import type { Http, HttpOptions, HttpOutcome, HttpRequest } from '../core/http.ts';
import type { HttpPools, PhaseListener } from '../core/http-pools.ts';
import { ACCEPT_ENCODING } from './decompress.ts';
import { Exchange } from './exchange.ts';
import { Expiries } from './expiries.ts';
import { PoolLog } from './pool-log.ts';

export type UndiciHttpOptions = {
  /** Connections per origin; more requests than that wait, inside their own timeout. */
  readonly connectionsMax: number;
  /** For one connection, TLS included. */
  readonly connectTimeoutMs: number;
  /** From the request to the last header line. */
  readonly headersTimeoutMs: number;
  /** Between two pieces of the body. */
  readonly bodyTimeoutMs: number;
  /** How long an idle connection is kept. */
  readonly idleMs: number;
  /** Off: every request opens its own connection and speaks HTTP/1.1. */
  readonly keepAlive: boolean;
  /** PEM of the authority whose certificates are believed; null: those that Node comes with. They are always checked. */
  readonly authority: string | null;
};

export const UNDICI_HTTP_DEFAULTS: UndiciHttpOptions = {
  connectionsMax: 128,
  connectTimeoutMs: 3_000,
  headersTimeoutMs: 60_000,
  bodyTimeoutMs: 10_000,
  idleMs: 60_000,
  keepAlive: true,
  authority: null,
};

/** So long what is under way may take to end once it is closed. */
const CLOSE_MS = 500;

export type UndiciHttp = Http & HttpPools;

type OriginPool = { readonly pool: Pool; readonly log: PoolLog };

/**
 * HTTP over one keep-alive pool per origin, HTTP/2 where the provider offers it. A key never leaves over a plain connection: `http:` is for loopback only.
 * Texts of failures name the origin and nothing of path or query.
 */
export function createUndiciHttp(chosen: { readonly clock: Clock } & Partial<UndiciHttpOptions>): UndiciHttp {
  const options = { ...UNDICI_HTTP_DEFAULTS, ...chosen };
  const { clock } = options;
  const pools = new Map<string, OriginPool>();
  const expiries = new Expiries();
  let onPhase: PhaseListener | null = null;

  const poolOf = (origin: string): OriginPool => {
    let found = pools.get(origin);
    if (found === undefined) {
      found = openPool(origin, options, new PoolLog((phase, ms) => onPhase?.(origin, phase, ms)));
      pools.set(origin, found);
    }
    return found;
  };

  const send = (request: HttpRequest, { timeoutMs, bytesMax }: HttpOptions): Promise<HttpOutcome> => {
    const target = targetOf(request.url);
    if (target.kind === 'refused') return Promise.resolve(unsent(target.detail));
    const { pool, log } = poolOf(target.origin);
    return new Promise((resolve) => {
      const exchange = new Exchange({ origin: target.origin, bytesMax, clock, log, resolve });
      exchange.forget = expiries.add(exchange, timeoutMs);
      try {
        pool.dispatch(dispatchOptions(request, target.path, options.keepAlive), exchange);
      } catch (error) {
        exchange.onResponseError(null, error as Error);
      }
    });
  };

  return {
    send,
    close: async () => {
      const all = [...pools.values()].map(({ pool }) => pool);
      const cut = clock.at(clock.nowMs() + CLOSE_MS, () => {
        for (const pool of all) void pool.destroy();
      });
      await Promise.all(all.map((pool) => pool.close()));
      cut();
    },
    onPhase: (listener) => {
      onPhase = listener;
    },
    pools: () =>
      [...pools].map(
        ([
          origin,
          {
            pool: { stats },
            log,
          },
        ]) => ({
          origin,
          open: stats.connected,
          free: stats.free,
          queued: stats.queued,
          running: stats.running,
          ...log.figures(),
        }),
      ),
  };
}

function openPool(
  origin: string,
  options: UndiciHttpOptions & { readonly clock: Clock },
  log: PoolLog,
): OriginPool {
  const pool = new Pool(origin, {
    connections: options.connectionsMax,
    pipelining: 1,
    connect: timedConnector(options, log),
    allowH2: options.keepAlive,
    headersTimeout: options.headersTimeoutMs,
    bodyTimeout: options.bodyTimeoutMs,
    keepAliveTimeout: options.idleMs,
  });
  pool.on('disconnect', () => log.closed());
  return { pool, log };
}

function timedConnector(
  { clock, connectTimeoutMs, keepAlive, authority }: UndiciHttpOptions & { readonly clock: Clock },
  log: PoolLog,
): buildConnector.connector {
  const connect = buildConnector({
    timeout: connectTimeoutMs,
    autoSelectFamily: true,
    allowH2: keepAlive,
    preferH2: true,
    // Said here, so that no variable of the environment can switch the check off.
    rejectUnauthorized: true,
    ...(authority !== null && { ca: authority }),
  });
  return (target, done) => {
    const startedMs = clock.elapsedMs();
    connect(target, (...outcome) => {
      if (outcome[0] === null) {
        log.opened();
        log.took('connect', clock.elapsedMs() - startedMs);
      } else log.failedToOpen();
      done(...outcome);
    });
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
