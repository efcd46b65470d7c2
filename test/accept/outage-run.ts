import type { Arrival } from '../../lab/emulators/core/provider-count.ts';
import type { Fault, FaultKind } from '../../lab/faults.ts';
import { createLab, type Lab } from '../../lab/lab.ts';
import { GeneratedMarket } from '../../lab/market/generated-market.ts';
import { xnysSession } from '../../lab/market/xnys-session.ts';
import type { Clock } from '../../src/core/clock.ts';
import { GATEWAY_DEFAULTS } from '../../src/core/gateway-options.ts';
import type { Http } from '../../src/core/http.ts';
import { instrumentOf } from '../../src/core/instrument.ts';
import { SOURCE_DEFAULTS } from '../../src/core/options.ts';
import { createGateway } from '../../src/gateway/gateway.ts';
import { createSeededRandom } from '../../src/platform/seeded-random.ts';
import { SOURCES } from '../../src/sources/catalogue.ts';

export const OUTAGE_MS = 60_000;
/** Of health between two outages: long enough to compare with. */
export const HEALTH_MS = 65_000;
const CYCLE_MS = 5_000;
const DEADLINE_MS = 3_000;

const DOWN: readonly FaultKind[] = [
  { kind: 'dead' },
  { kind: 'hang' },
  { kind: 'error500' },
  { kind: 'reset' },
  { kind: 'trickle' },
];
/** One that takes whole lists, one with a weight per call, one that takes a symbol at a time. */
const KINDS = [
  { kind: 'alpaca', symbols: ['AAPL', 'MSFT', 'NVDA'] },
  { kind: 'binance', symbols: ['BTC-USDT', 'ETH-USDT', 'SOL-USDT'] },
  { kind: 'finnhub', symbols: ['AAPL', 'MSFT', 'NVDA'] },
] as const;

type Lane = {
  readonly id: string;
  readonly kind: string;
  readonly symbols: readonly string[];
  readonly outages: readonly Fault[];
};

export type OutageWorld = {
  readonly lab: Lab;
  readonly lanes: readonly Lane[];
  readonly arrivals: ReadonlyMap<string, Arrival[]>;
};

/** Providers side by side, each down `outages` times for a minute, at moments drawn from the seed. */
export function outageWorld(startMs: number, lanes: number, outages: number, seed: string): OutageWorld {
  const random = createSeededRandom(seed);
  const made = Array.from({ length: lanes }, (_, lane): Lane => {
    const { kind, symbols } = KINDS[lane % KINDS.length] as (typeof KINDS)[number];
    const faults = Array.from({ length: outages }, (_unused, i): Fault => {
      const fromMs = startMs + i * (OUTAGE_MS + HEALTH_MS + CYCLE_MS) + HEALTH_MS + random.next() * CYCLE_MS;
      const down = DOWN[(lane + i) % DOWN.length] as FaultKind;
      return { ...down, fromMs, toMs: fromMs + OUTAGE_MS };
    });
    return { id: `${kind}-${lane}`, kind, symbols, outages: faults };
  });
  const arrivals = new Map<string, Arrival[]>(made.map(({ id }) => [id, []]));
  const lab = createLab({
    market: new GeneratedMarket({
      seed,
      instrumentIds: [...new Set(made.flatMap(({ symbols }) => symbols))],
      originMs: startMs - 86_400_000,
      stockSession: xnysSession,
    }),
    seed,
    providers: made.map(({ id, kind, outages: faults }) => ({ id, kind, latencyMedianMs: 20, faults })),
    onArrival: (id, arrival) => arrivals.get(id)?.push(arrival),
  });
  return { lab, lanes: made, arrivals };
}

export type OutageReport = {
  readonly outages: number;
  /** Requests in the outages beyond those in as many healthy cycles right before, as a share of these. */
  readonly extraLoad: number;
  /** The same of the outage that had the most. */
  readonly extraLoadMax: number;
  /** From the end of each outage to the first good datum in the asker's hands, in ms. */
  readonly firstGoodMs: readonly number[];
  /** From asking to being told that there is no answer, in ms: so late is a backup asked. */
  readonly toldMs: readonly number[];
};

/** Asks every lane in every cycle until all outages are over and healed. */
export async function watchOutages(
  { lanes, arrivals }: OutageWorld,
  {
    clock,
    http,
    baseUrlOf,
  }: { readonly clock: Clock; readonly http: Http; readonly baseUrlOf: (id: string) => string },
): Promise<OutageReport> {
  const gateway = createGateway({
    sources: lanes.map(({ id, kind }) => {
      const source = SOURCES[kind];
      if (source === undefined) throw new RangeError(`no source ${kind}`);
      const keys = Object.fromEntries(Object.keys(source.keys).map((name) => [name, 'demo']));
      const { operator, options, limits } = source;
      const own = { id, kind, operator, analyst: 'none', baseUrl: baseUrlOf(id), keys, options, limits };
      return { source, options: { ...SOURCE_DEFAULTS, ...own, priceUsdPerCall: 0, ttlMs: 60_000 } };
    }),
    symbols: [],
    memory: null,
    http,
    clock,
    random: createSeededRandom('outage'),
    options: GATEWAY_DEFAULTS,
    redact: (text) => text,
  });
  const goodAtMs = new Map<string, number[]>(lanes.map(({ id }) => [id, []]));
  const toldMs: number[] = [];
  const endMs =
    Math.max(...lanes.flatMap(({ outages }) => outages.map(({ toMs = 0 }) => toMs))) + 3 * CYCLE_MS;
  for (let cycleAtMs = nextCycleMs(clock.nowMs()); cycleAtMs < endMs; cycleAtMs += CYCLE_MS) {
    await clock.sleepUntil(cycleAtMs);
    const askedAtMs = clock.nowMs();
    for (const { id, symbols } of lanes) {
      const asks = symbols.map((symbol) => ({
        sourceId: id,
        question: { kind: 'market' as const, instrument: instrumentOf(symbol) },
        deadlineAtMs: cycleAtMs + DEADLINE_MS,
      }));
      for (const ask of asks) {
        gateway.put(ask, ({ kind }) => {
          if (kind === 'fresh') goodAtMs.get(id)?.push(clock.nowMs());
          else toldMs.push(clock.nowMs() - askedAtMs);
        });
      }
    }
  }
  await clock.sleepUntil(endMs + CYCLE_MS);
  await gateway.close();
  const loads = lanes.flatMap(({ id, outages }) =>
    outages.map(({ fromMs = 0, toMs = 0 }) => {
      const between = (a: number, b: number): number =>
        (arrivals.get(id) ?? []).filter(({ atMs }) => atMs >= a && atMs < b).length;
      return { due: between(fromMs - OUTAGE_MS, fromMs), sent: between(fromMs, toMs) };
    }),
  );
  const total = (figure: (load: (typeof loads)[number]) => number): number =>
    loads.reduce((sum, load) => sum + figure(load), 0);
  return {
    outages: loads.length,
    extraLoad: total(({ sent }) => sent) / total(({ due }) => due) - 1,
    extraLoadMax: Math.max(...loads.map(({ sent, due }) => sent / due - 1)),
    firstGoodMs: lanes.flatMap(({ id, outages }) =>
      outages.map(({ toMs = 0 }) => {
        const first = (goodAtMs.get(id) ?? []).find((atMs) => atMs >= toMs);
        return first === undefined ? Number.POSITIVE_INFINITY : first - toMs;
      }),
    ),
    toldMs,
  };
}

function nextCycleMs(nowMs: number): number {
  return Math.ceil(nowMs / CYCLE_MS) * CYCLE_MS;
}
