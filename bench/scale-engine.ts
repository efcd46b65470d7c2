import { rmSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Http } from '../src/core/http.ts';
import { instrumentOf } from '../src/core/instrument.ts';
import type { Config } from '../src/core/options.ts';
import { createService, issueLines, loadConfigText } from '../src/main.ts';
import { keepHeapLean } from '../src/platform/lean-heap.ts';
import { createSystemClock } from '../src/platform/system-clock.ts';
import { createUndiciHttp } from '../src/platform/undici-http.ts';
import { scaleSymbols } from './scale-market.ts';
import { DESK_IDS, DESKS, SCORERS } from './scale-sources.ts';

/** The engine of `bench/scale.ts`, measured in a process of its own. */
export type ScaleEngineOrder = {
  readonly symbols: number;
  readonly mode: 'everyone' | 'planner';
  readonly cycles: number;
  readonly baseUrls: Readonly<Record<string, string>>;
  readonly ledgerPath: string;
};

export type ScaleSample = {
  readonly tookMs: number;
  /** From the start of this slot to the start of the next: what is swept up afterwards counts too. */
  readonly cpuMs: number;
  readonly calls: number;
  readonly decided: number;
  /** Decisions that were made anew and not confirmed. */
  readonly weighed: number;
  readonly rssMb: number;
};
export type ScaleFigures = {
  /** Cycles until every symbol had a decision; they are not among the samples. */
  readonly warmupCycles: number;
  readonly samples: readonly ScaleSample[];
  /** What is in use after a full collection at the end: the rest of the RSS is the process itself and room to sweep in. */
  readonly liveMb: number;
};

/** Beyond those that a start in portions takes. */
const WARMUP_CYCLES_MAX = 20;
const STARTS_PER_CYCLE = 1_000;
/** After the warm-up, not measured: what the warm-up left behind is swept up. */
const SETTLING_CYCLES = 3;

/** Nothing is known beforehand and nothing may be left unasked: the planner off. */
const EVERYONE = { changeGate: false, opinionReuse: false, decidedVote: false } as const;

function configOf({ symbols, mode, baseUrls, ledgerPath }: ScaleEngineOrder): Config {
  const desks = DESK_IDS.map((id): [string, unknown] => [id, { analyst: 'ensemble', baseUrl: baseUrls[id] }]);
  const scorers = SCORERS.map(({ id, ...scorer }): [string, unknown] => [
    id,
    { ...scorer, baseUrl: baseUrls[id] },
  ]);
  const file = {
    symbols: ['BTC-USD'],
    sources: Object.fromEntries([...desks, ...scorers]),
    watch: { crypto: DESK_IDS },
    ledger: { path: ledgerPath },
    flags: mode === 'everyone' ? EVERYONE : {},
  };
  const loaded = loadConfigText(JSON.stringify(file), {}, DESKS);
  if (loaded.kind !== 'ok') throw new Error(issueLines(loaded.issues).join('\n'));
  return { ...loaded.config, symbols: scaleSymbols(symbols).map(instrumentOf) };
}

function counting(http: Http) {
  const counts = { calls: 0 };
  const counted: Http = {
    send: (request, options) => {
      counts.calls += 1;
      return http.send(request, options);
    },
    close: () => http.close(),
  };
  return { counts, counted };
}

async function measure(order: ScaleEngineOrder): Promise<ScaleFigures> {
  keepHeapLean();
  const clock = createSystemClock();
  const { counts, counted } = counting(createUndiciHttp({ clock, keepAlive: true }));
  rmSync(order.ledgerPath, { force: true });
  const config = configOf(order);
  const service = await createService({
    config,
    configVersion: 'scale',
    label: { kind: 'SIMULATED', seed: 'scale' },
    sources: DESKS,
    clock,
    http: counted,
  });
  const samples: ScaleSample[] = [];
  let warmupCycles = 0;
  const warmupCyclesMax = WARMUP_CYCLES_MAX + config.symbols.length / STARTS_PER_CYCLE;
  let settledAt = Number.POSITIVE_INFINITY;
  let certificates: readonly unknown[] = [];
  let slotAtMs = Math.ceil(clock.nowMs() / config.cycleMs + 0.1) * config.cycleMs;
  await clock.sleepUntil(slotAtMs);
  for (let cycle = 1; cycle <= settledAt + SETTLING_CYCLES + order.cycles; cycle += 1) {
    const cpu = process.cpuUsage();
    const callsBefore = counts.calls;
    const startMs = performance.now();
    await service.runCycle(slotAtMs);
    const tookMs = performance.now() - startMs;
    const decisions = service.live.decisions();
    const before = certificates;
    certificates = decisions.map(({ certificate }) => certificate);
    const weighed = certificates.filter((certificate, index) => certificate !== before[index]).length;
    const decided = decisions.filter(({ kind }) => kind !== 'ABSTAIN').length;
    slotAtMs = Math.max(slotAtMs + 1, Math.ceil(clock.nowMs() / config.cycleMs) * config.cycleMs);
    const rssMb = process.memoryUsage().rss / 1e6;
    await clock.sleepUntil(slotAtMs);
    const { user, system } = process.cpuUsage(cpu);
    const cpuMs = (user + system) / 1_000;
    samples.push({ tookMs, cpuMs, calls: counts.calls - callsBefore, decided, weighed, rssMb });
    process.send?.({ progress: { cycle, ...samples.at(-1) } });
    const isWarm = decided === config.symbols.length || cycle >= warmupCyclesMax;
    if (isWarm && settledAt === Number.POSITIVE_INFINITY) {
      warmupCycles = cycle;
      settledAt = cycle;
    }
  }
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  const { heapUsed, external } = process.memoryUsage();
  await service.close();
  return { warmupCycles, samples: samples.slice(-order.cycles), liveMb: (heapUsed + external) / 1e6 };
}

process.once('message', (order) => {
  void measure(order as ScaleEngineOrder).then((figures) =>
    process.send?.({ figures }, () => process.exit(0)),
  );
});
process.once('disconnect', () => process.exit(1));
