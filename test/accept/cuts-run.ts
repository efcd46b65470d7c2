import type { Arrival } from '../../lab/emulators/core/provider-count.ts';
import type { Fault } from '../../lab/faults.ts';
import { createLab } from '../../lab/lab.ts';
import { labBaseUrl, labHttp } from '../../lab/lab-http.ts';
import { GeneratedMarket } from '../../lab/market/generated-market.ts';
import { xnysSession } from '../../lab/market/xnys-session.ts';
import { GATEWAY_DEFAULTS } from '../../src/core/gateway-options.ts';
import { instrumentOf } from '../../src/core/instrument.ts';
import { SOURCE_DEFAULTS } from '../../src/core/options.ts';
import { createGateway } from '../../src/gateway/gateway.ts';
import { createSeededRandom } from '../../src/platform/seeded-random.ts';
import { createVirtualClock } from '../../src/platform/virtual-clock.ts';
import { SOURCES } from '../../src/sources/catalogue.ts';

/** A provider whose limit is cut, as it counts. */
export type CutKind = {
  readonly providerId: string;
  readonly counting: 'fixed' | 'sliding';
  readonly unit: 'requests' | 'weight';
  readonly assetClass: 'stock' | 'crypto';
};

export const CUT_KINDS: readonly CutKind[] = [
  { providerId: 'alpaca', counting: 'fixed', unit: 'requests', assetClass: 'stock' },
  { providerId: 'finnhub', counting: 'sliding', unit: 'requests', assetClass: 'stock' },
  { providerId: 'binance', counting: 'fixed', unit: 'weight', assetClass: 'crypto' },
];

export type CutReport = {
  readonly cut: number;
  /** Null where nobody noticed. */
  readonly firstRefusedAtMs: number | null;
  /** Requests that left after the first refusal was here and before the provider would have admitted one. */
  readonly tooEarly: number;
  /** Refusals of requests that left after the first one was here. */
  readonly laterRefusals: number;
  /** Of what was allowed while the limit was cut, from two windows after the cut on, 0..1. */
  readonly usedWhileCut: number;
  /** Of the whole limit, from ten windows after its return on, 0..1. */
  readonly usedAfterReturn: number;
};

const START_MS = Date.UTC(2026, 0, 15, 15);
const WINDOW_MS = 60_000;
const MAX = 40;
/** Of a cut, and of the time until the next one. */
export const PERIOD_WINDOWS = 20;
const PERIOD_MS = PERIOD_WINDOWS * WINDOW_MS;
const RETURN_WINDOWS = 10;
const ASKERS = 60;
/** Longer than the backlog takes: a request that leaves just before its deadline is given up before its refusal comes. */
const PATIENCE_MS = 10 * WINDOW_MS;

/** The real gateway under a backlog, in virtual time, while the provider halves its limit `cuts` times and says nothing. */
export async function cutsRun(kind: CutKind, cuts: number, seed: string): Promise<CutReport[]> {
  const random = createSeededRandom(seed);
  const faults = Array.from({ length: cuts }, (_, i): Fault => {
    const fromMs = Math.floor(START_MS + (2 * i + 1 + random.next() / PERIOD_WINDOWS) * PERIOD_MS);
    return { kind: 'limitShare', share: 0.5, fromMs, toMs: fromMs + PERIOD_MS };
  });
  const arrivals: Arrival[] = [];
  await backlog(kind, faults, START_MS + (2 * cuts + 1.2) * PERIOD_MS, (arrival) => arrivals.push(arrival));
  return faults.map(({ fromMs = 0, toMs = 0 }, cut) => reportOf(kind, arrivals, cut, fromMs, toMs));
}

async function backlog(
  { providerId, counting, unit, assetClass }: CutKind,
  faults: readonly Fault[],
  untilMs: number,
  onArrival: (arrival: Arrival) => void,
): Promise<void> {
  const symbols = Array.from(
    { length: ASKERS },
    (_, i) =>
      `Q${String.fromCharCode(65 + (i % 26), 65 + Math.floor(i / 26))}${assetClass === 'crypto' ? '-USDT' : ''}`,
  );
  const clock = createVirtualClock(START_MS);
  const limit = { name: 'window', max: MAX, windowMs: WINDOW_MS, counting, unit, refusal: 'limit' } as const;
  const lab = createLab({
    market: new GeneratedMarket({
      seed: 'cuts',
      instrumentIds: symbols,
      originMs: START_MS - 86_400_000,
      stockSession: xnysSession,
    }),
    seed: 'cuts',
    providers: [{ id: providerId, limits: [limit], latencyMedianMs: 40, faults }],
    onArrival: (_, arrival) => onArrival(arrival),
  });
  const source = SOURCES[providerId];
  if (source === undefined) throw new RangeError(`no source ${providerId}`);
  const options = {
    ...SOURCE_DEFAULTS,
    id: providerId,
    kind: providerId,
    operator: source.operator,
    analyst: 'none',
    baseUrl: labBaseUrl(lab, providerId),
    keys: Object.fromEntries(Object.keys(source.keys).map((name) => [name, 'demo'])),
    options: source.options,
    limits: [{ max: MAX, windowMs: WINDOW_MS, counting }],
    // Of what is under way when the first refusal comes nothing can be called back.
    concurrency: 4,
    priceUsdPerCall: 0,
    ttlMs: 60_000,
  };
  const gateway = createGateway({
    sources: [{ source, options }],
    symbols: [],
    memory: null,
    http: labHttp(lab, clock),
    clock,
    random: createSeededRandom('cuts'),
    options: { ...GATEWAY_DEFAULTS, batching: false },
    redact: (text) => text,
  });
  const askOnAndOn = async (symbol: string): Promise<void> => {
    while (clock.nowMs() < untilMs) {
      const question = { kind: 'market' as const, instrument: instrumentOf(symbol) };
      const deadlineAtMs = clock.nowMs() + PATIENCE_MS;
      const [answer] = await gateway.ask([{ sourceId: providerId, question, deadlineAtMs }]);
      if (answer?.kind !== 'fresh') await clock.sleepUntil(clock.nowMs() + 1_000);
    }
  };
  const asking = symbols.map(askOnAndOn);
  await clock.advanceTo(untilMs);
  await gateway.close();
  await clock.advanceTo(untilMs + PATIENCE_MS);
  await Promise.all(asking);
}

function reportOf(
  { counting, unit }: CutKind,
  arrivals: readonly Arrival[],
  cut: number,
  fromMs: number,
  toMs: number,
): CutReport {
  const units = ({ weight }: Arrival): number => (unit === 'weight' ? weight : 1);
  const used = (beginMs: number, endMs: number): number =>
    arrivals
      .filter(({ atMs, overLimit }) => !overLimit && atMs >= beginMs && atMs < endMs)
      .reduce((sum, arrival) => sum + units(arrival), 0);
  const during = arrivals.filter(({ atMs }) => atMs >= fromMs && atMs < toMs);
  const first = during.find(({ overLimit }) => overLimit) ?? null;
  const heardAtMs = first === null ? toMs : first.atMs + first.delayMs;
  const later = during.filter(({ atMs }) => atMs > heardAtMs);
  const wouldAdmit = ({ atMs, weight }: Arrival): boolean => {
    const beginMs = counting === 'fixed' ? Math.floor(atMs / WINDOW_MS) * WINDOW_MS : atMs - WINDOW_MS + 1;
    return used(beginMs, atMs) + (unit === 'weight' ? weight : 1) <= MAX / 2;
  };
  const firstAllowed = later.findIndex(wouldAdmit);
  const returnedMs = toMs + RETURN_WINDOWS * WINDOW_MS;
  return {
    cut,
    firstRefusedAtMs: first?.atMs ?? null,
    tooEarly: firstAllowed === -1 ? later.length : firstAllowed,
    laterRefusals: later.filter(({ overLimit }) => overLimit).length,
    usedWhileCut: used(fromMs + 2 * WINDOW_MS, toMs) / ((MAX / 2) * (PERIOD_WINDOWS - 2)),
    usedAfterReturn:
      used(returnedMs, toMs + (PERIOD_WINDOWS - 1) * WINDOW_MS) /
      (MAX * (PERIOD_WINDOWS - RETURN_WINDOWS - 1)),
  };
}
