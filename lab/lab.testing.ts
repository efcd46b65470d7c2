import type { Clock } from '../src/index.ts';
import type { Emulator } from './emulators/core/emulator.ts';
import type { LabRequest, Served } from './emulators/core/wire.ts';
import { createLab, type Lab, type LabProviderOptions } from './lab.ts';
import { GeneratedMarket } from './market/generated-market.ts';
import { xnysSession } from './market/xnys-session.ts';

/** A Thursday in winter, 18:00:07 UTC: New York trades, and the tick is two seconds old. */
export const NOON_MS = Date.UTC(2026, 0, 15, 18, 0, 7);

export const MARKET_IDS = ['AAPL', 'BRK.B', 'NVDA', 'BTC-USD', 'ETH-USD', 'BTC-USDT', 'ETH-USDT'] as const;

export function testMarket(): GeneratedMarket {
  const originMs = Date.UTC(2026, 0, 2);
  return new GeneratedMarket({ seed: 'lab', instrumentIds: MARKET_IDS, originMs, stockSession: xnysSession });
}

export function testLab(...providers: readonly (LabProviderOptions | string)[]): Lab {
  const options = providers.map((provider) => (typeof provider === 'string' ? { id: provider } : provider));
  return createLab({ market: testMarket(), seed: 'lab', providers: options });
}

/** The only provider of a lab made for it. */
export function testEmulator(provider: LabProviderOptions | string): Emulator {
  return [...testLab(provider).emulators.values()][0] as Emulator;
}

/** A request as a client would send it to `target`, path and query. */
export function requestOf(
  target: string,
  headers: Readonly<Record<string, string>> = {},
  body?: unknown,
): LabRequest {
  const url = new URL(target, 'http://any.lab');
  return {
    method: body === undefined ? 'GET' : 'POST',
    path: url.pathname,
    query: url.searchParams,
    headers: { 'user-agent': 'test', ...headers },
    body: body === undefined ? null : JSON.stringify(body),
  };
}

export type Got = Served & {
  readonly status: number;
  /** The member of the JSON body at `path`; undefined where there is none. */
  at(...path: readonly (string | number)[]): unknown;
};

/** Serves one request at {@link NOON_MS} unless told otherwise. */
export function ask(
  emulator: Emulator,
  target: string,
  {
    headers = {},
    body,
    atMs = NOON_MS,
  }: {
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: unknown;
    readonly atMs?: number;
  } = {},
): Got {
  const served = emulator.serve(requestOf(target, headers, body), atMs);
  return {
    ...served,
    status: served.response.status,
    at: (...path) => path.reduce<unknown>(member, JSON.parse(served.response.body)),
  };
}

function member(value: unknown, name: string | number): unknown {
  return (value as Readonly<Record<string | number, unknown>> | null | undefined)?.[name];
}

/** A clock that is at once wherever somebody wants to wait for. */
export function leapingClock(startAtMs = NOON_MS): Clock & { leapTo(atMs: number): void } {
  let nowMs = startAtMs;
  return {
    nowMs: () => nowMs,
    elapsedMs: () => nowMs - startAtMs,
    sleepUntil(atMs) {
      nowMs = Math.max(nowMs, atMs);
      return Promise.resolve();
    },
    at() {
      throw new Error('this clock rings for nobody');
    },
    leapTo(atMs) {
      nowMs = atMs;
    },
  };
}
