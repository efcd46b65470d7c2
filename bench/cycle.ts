import { fork } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { percentile } from '../lab/critical-path.ts';
import type { ProviderCount } from '../lab/emulators/core/provider-count.ts';
import { commitText, machineText } from '../lab/provenance.ts';
import { sessionAt } from '../src/core/sessions/session.ts';
import type { CycleSample, EngineFigures, EngineOrder } from './engine-process.ts';
import type { LabOrder } from './lab-process.ts';

/**
 * Cycle time over the loopback lab with the latencies of the reference workload, beside the naive and the historic client in the same run.
 * Each variant has an engine process and a lab process of its own; their slots lie a third of a cycle apart.
 *
 *     npm run bench -- --cycles 60
 */

const { values: args } = parseArgs({
  options: {
    cycles: { type: 'string', default: '60' },
    seed: { type: 'string', default: 'bench' },
    json: { type: 'string', default: '.sextant/bench.json' },
  },
});

const SYMBOLS = ['AAPL', 'NVDA', 'TSLA', 'MSFT', 'BTC-USD', 'ETH-USD'];
const CYCLE_MS = 5_000;
/** Log-normal medians in ms. */
const PROVIDERS = [
  { id: 'alpaca', latencyMedianMs: 40 },
  { id: 'massive', latencyMedianMs: 60, plan: 'advanced' },
  { id: 'yahoo', latencyMedianMs: 90 },
  { id: 'alpha-vantage', latencyMedianMs: 120, plan: 'premium1200' },
  { id: 'xai', latencyMedianMs: 250 },
  { id: 'perplexity', latencyMedianMs: 400, plan: 'tier3' },
];
const ALL_OFF = {
  parallelSources: false,
  batching: false,
  opinionReuse: false,
  changeGate: false,
  decidedVote: false,
  connectionPool: false,
  pacing: false,
  adaptiveCache: false,
  backoff: false,
  breaker: false,
  fallback: false,
  hedging: false,
};
const VARIANTS = [
  { name: 'naive', flags: ALL_OFF, keepsAnswers: false, unlimited: true, warmupCycles: 2 },
  { name: 'historic', flags: ALL_OFF, keepsAnswers: true, unlimited: true, warmupCycles: 2 },
  { name: 'sextant', flags: {}, keepsAnswers: true, unlimited: false, warmupCycles: 2 },
] as const;

export type VariantResult = {
  readonly name: string;
  readonly figures: EngineFigures;
  readonly counts: Readonly<Record<string, ProviderCount>>;
};

function reply<T>(child: ReturnType<typeof fork>): Promise<T> {
  return new Promise((resolve, reject) => {
    child.once('message', (message) => resolve(message as T));
    child.once('exit', (code) => reject(new Error(`a process of the benchmark ended with ${code}`)));
  });
}

async function run(
  variant: (typeof VARIANTS)[number],
  index: number,
  folder: string,
  clockAheadMs: number,
): Promise<VariantResult> {
  const lab = fork(join(import.meta.dirname, 'lab-process.ts'));
  const labOrder: LabOrder = { seed: args.seed, clockAheadMs, symbols: SYMBOLS, providers: PROVIDERS };
  lab.send(labOrder);
  const { baseUrls } = await reply<{ baseUrls: Record<string, string> }>(lab);
  const engine = fork(join(import.meta.dirname, 'engine-process.ts'));
  const order: EngineOrder = {
    profile: 'reference',
    clockAheadMs,
    baseUrls,
    flags: variant.flags,
    keepsAnswers: variant.keepsAnswers,
    unlimited: variant.unlimited,
    cycles: Number(args.cycles),
    warmupCycles: variant.warmupCycles,
    offsetMs: Math.floor((index * CYCLE_MS) / VARIANTS.length),
    ledgerPath: join(folder, `${variant.name}.db`),
  };
  engine.send(order);
  const figures = await reply<EngineFigures>(engine);
  lab.send('counts');
  const { counts } = await reply<{ counts: Record<string, ProviderCount> }>(lab);
  lab.disconnect();
  return { name: variant.name, figures, counts };
}

function spread(samples: readonly CycleSample[], of: (sample: CycleSample) => number): string {
  const values = samples.map(of);
  return `${percentile(values, 0.5)?.toFixed(1)} / ${percentile(values, 0.99)?.toFixed(1)}`;
}

function mean(samples: readonly CycleSample[], of: (sample: CycleSample) => number): string {
  return (samples.reduce((sum, sample) => sum + of(sample), 0) / samples.length).toFixed(1);
}

function line({ name, figures: { cycles, rssMb }, counts }: VariantResult): string {
  const refused = Object.values(counts).reduce((sum, count) => sum + count.overLimit, 0);
  const cells = [
    name,
    spread(cycles, ({ tookMs }) => tookMs),
    spread(cycles, ({ criticalMs }) => criticalMs),
    spread(cycles, ({ tookMs, criticalMs }) => tookMs - criticalMs),
    mean(cycles, ({ calls }) => calls),
    spread(cycles, ({ cpuMs }) => cpuMs),
    rssMb.toFixed(0),
    String(refused),
  ];
  return `| ${cells.join(' | ')} |`;
}

const folder = mkdtempSync(join(tmpdir(), 'sextant-bench-'));
const nowMs = Math.round(performance.timeOrigin + performance.now());
const session = sessionAt('stock', nowMs);
const clockAheadMs = session.phase === 'open' ? 0 : (session.opensAtMs ?? nowMs) + 5_400_000 - nowMs;
console.error(
  `${args.cycles} cycles of ${CYCLE_MS / 1_000} s per variant, side by side: ${Math.ceil(((Number(args.cycles) + 3) * CYCLE_MS) / 60_000)} minutes`,
);
const results = await Promise.all(
  VARIANTS.map((variant, index) => run(variant, index, folder, clockAheadMs)),
);
rmSync(folder, { recursive: true });

console.log(
  `Node ${process.versions.node}, ${cpus().length} x ${cpus()[0]?.model}, seed ${args.seed}, ${args.cycles} cycles; times in ms as p50 / p99\n`,
);
console.log('| variant | cycle | critical path | overhead | calls per cycle | CPU | RSS MB | over limit |');
console.log('| --- | --- | --- | --- | --- | --- | --- | --- |');
for (const result of results) console.log(line(result));
mkdirSync(dirname(args.json), { recursive: true });
const origin = { commit: commitText(), machine: machineText() };
writeFileSync(
  args.json,
  JSON.stringify({ ...origin, seed: args.seed, cycles: Number(args.cycles), results }, null, 1),
);
