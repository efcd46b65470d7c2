import { fork } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { percentile } from '../lab/critical-path.ts';
import { commitText, machineText } from '../lab/provenance.ts';
import type { ScaleEngineOrder, ScaleFigures, ScaleSample } from './scale-engine.ts';
import type { ScaleLabOrder, ScaleLabUp } from './scale-lab.ts';

/**
 * What many symbols cost: the engine with its record over real loopback HTTP, six sources of 100 symbols per request
 * without limits, a cycle every 5 s. `everyone`: all six are asked about every symbol in every cycle. `planner`: as it
 * comes.
 *
 *     node bench/scale.ts --symbols 100,1000,10000 --mode everyone --cycles 24
 */

const { values: args } = parseArgs({
  options: {
    symbols: { type: 'string', default: '100,1000,10000,50000' },
    mode: { type: 'string', default: 'planner' },
    cycles: { type: 'string', default: '24' },
    json: { type: 'string', default: '.sextant/scale.json' },
  },
});

/** Medians of the reference workload. */
const LATENCY_MEDIAN_MS = {
  'desk-a': 40,
  'desk-b': 60,
  'score-a': 90,
  'score-b': 120,
  'score-c': 250,
  'score-d': 400,
};

type Child = ReturnType<typeof fork>;

function reply<T>(child: Child, key: string): Promise<T> {
  return new Promise((resolve, reject) => {
    child.on('message', (message) => {
      if (key in (message as object)) resolve((message as Record<string, T>)[key] as T);
      else console.error(JSON.stringify(message));
    });
    child.once('exit', (code) => reject(new Error(`a process of the benchmark ended with ${code}`)));
  });
}

async function run(symbols: number, mode: ScaleEngineOrder['mode'], folder: string): Promise<ScaleFigures> {
  const lab = fork(join(import.meta.dirname, 'scale-lab.ts'));
  const labOrder: ScaleLabOrder = { latencyMedianMs: LATENCY_MEDIAN_MS };
  lab.send(labOrder);
  const baseUrls = await reply<ScaleLabUp['baseUrls']>(lab, 'baseUrls');
  const engine = fork(join(import.meta.dirname, 'scale-engine.ts'));
  const ledgerPath = join(folder, `${symbols}.db`);
  const order: ScaleEngineOrder = { symbols, mode, cycles: Number(args.cycles), baseUrls, ledgerPath };
  engine.send(order);
  const figures = await reply<ScaleFigures>(engine, 'figures');
  lab.disconnect();
  return figures;
}

/**
 * CPU of a cycle as a line over the symbols weighed anew in it, least squares: what lies under all of them (per symbol,
 * its share of a batched quote call included), and what each of those weighed adds. Null where their number hardly varies.
 */
function costs(samples: readonly ScaleSample[], symbols: number) {
  const mean = (of: (sample: ScaleSample) => number) =>
    samples.reduce((sum, s) => sum + of(s), 0) / samples.length;
  const [weighed, cpuMs] = [mean((s) => s.weighed), mean((s) => s.cpuMs)];
  const spread = mean((s) => (s.weighed - weighed) ** 2);
  if (spread < (0.01 * symbols) ** 2) return null;
  const slopeMs = mean((s) => (s.weighed - weighed) * (s.cpuMs - cpuMs)) / spread;
  return { unchangedNs: ((cpuMs - slopeMs * weighed) / symbols) * 1e6, weighedUs: slopeMs * 1e3 };
}

function row(symbols: number, { samples, warmupCycles, liveMb }: ScaleFigures): string {
  const shares = (of: (sample: ScaleSample) => number): string =>
    [0.5, 0.99].map((share) => percentile(samples.map(of), share)?.toFixed(0)).join(' / ');
  const mean = (of: (sample: ScaleSample) => number) =>
    samples.reduce((sum, s) => sum + of(s), 0) / samples.length;
  const cost = costs(samples, symbols);
  const cells = [
    symbols,
    shares((s) => s.tookMs),
    shares((s) => s.cpuMs),
    mean((s) => s.cpuMs).toFixed(0),
    Math.max(...samples.map((s) => s.rssMb)).toFixed(0),
    liveMb.toFixed(0),
    mean((s) => s.calls).toFixed(1),
    ((100 * mean((s) => s.decided)) / symbols).toFixed(2),
    shares((s) => s.weighed),
    ((mean((s) => s.cpuMs) * 1e3) / symbols).toFixed(1),
    cost === null ? '–' : cost.unchangedNs.toFixed(0),
    cost === null ? '–' : cost.weighedUs.toFixed(1),
    warmupCycles,
  ];
  return `| ${cells.join(' | ')} |`;
}

const mode = args.mode === 'everyone' ? 'everyone' : 'planner';
const folder = mkdtempSync(join(tmpdir(), 'sextant-scale-'));
console.log(`mode ${mode}, ${args.cycles} cycles, ${machineText()}, commit ${commitText()}; p50 / p99\n`);
console.log(
  '| symbols | cycle ms | CPU ms | mean CPU ms | RSS MB | live MB | calls | decided % | weighed anew | CPU µs per symbol | unchanged ns | weighed µs | warm-up cycles |',
);
console.log(`|${' --- |'.repeat(13)}`);
const results: { symbols: number; figures: ScaleFigures }[] = [];
for (const symbols of args.symbols.split(',').map(Number)) {
  const figures = await run(symbols, mode, folder);
  results.push({ symbols, figures });
  console.log(row(symbols, figures));
}
rmSync(folder, { recursive: true });
mkdirSync(dirname(args.json), { recursive: true });
writeFileSync(
  args.json,
  JSON.stringify({ mode, machine: machineText(), commit: commitText(), results }, null, 1),
);
