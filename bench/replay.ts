import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { percentile } from '../lab/critical-path.ts';
import { commitText, machineText } from '../lab/provenance.ts';
import { createSeededRandom } from '../src/platform/seeded-random.ts';
import { installPeer } from './replay-install.ts';

/**
 * Bars per second of a replay at 1, 10 and 100 symbols, beside backtest-kit on the same bars, in one run: each measurement in a
 * process of its own, one after the other, by the processor time of that process.
 *
 *     node bench/replay.ts --runs 3
 */

const { values: args } = parseArgs({
  options: {
    runs: { type: 'string', default: '3' },
    /** An existing folder that backtest-kit is installed in already, or is to be; a temporary one otherwise. */
    peer: { type: 'string' },
    json: { type: 'string', default: '.sextant/bench-replay.json' },
  },
});

const START_MS = Date.UTC(2026, 0, 12);
const MINUTE_MS = 60_000;
/** Bars before the first that is decided on: enough for every indicator. */
const HISTORY_BARS = 200;
/** After the last: a position of backtest-kit may look so far ahead. */
const TAIL_BARS = 500;
/** Of all symbols together: enough to be measured, and not longer. */
const SCALES = [
  { symbols: 1, bars: 60_000, peerBars: 20_000, peerFileBars: 500 },
  { symbols: 10, bars: 80_000, peerBars: 20_000, peerFileBars: 1_000 },
  { symbols: 100, bars: 100_000, peerBars: 20_000, peerFileBars: 2_000 },
] as const;

type Figures = {
  readonly bars: number;
  readonly cpuS: number;
  readonly wallS: number;
  /** Bars on which the rule was asked: none while backtest-kit holds a position. */
  readonly asked: number;
  readonly faults: number;
};
type Measured = { readonly name: string; readonly symbols: number; readonly runs: Figures[] };

/** Random walks, a line for each bar: `symbol,ts,open,high,low,close,volume`. */
function writeBars(path: string, symbols: number, count: number): void {
  const lines: string[] = [];
  for (let symbol = 0; symbol < symbols; symbol += 1) {
    const random = createSeededRandom(`bars of ${symbol}`);
    let price = 100 + 900 * random.next();
    for (let bar = 0; bar < HISTORY_BARS + count + TAIL_BARS; bar += 1) {
      const open = price;
      price *= 1 + 0.002 * (random.next() - 0.5);
      const high = Math.max(open, price) * (1 + 0.0005 * random.next());
      const low = Math.min(open, price) * (1 - 0.0005 * random.next());
      lines.push(
        [
          `S${symbol}X-USD`,
          START_MS + bar * MINUTE_MS,
          open,
          high,
          low,
          price,
          1 + Math.floor(100 * random.next()),
        ].join(','),
      );
    }
  }
  writeFileSync(path, `${lines.join('\n')}\n`);
}

function measure(script: string, bars: string, count: number, isInMemory: boolean, folder: string): Figures {
  const text = execFileSync(
    process.execPath,
    [script, bars, ...[HISTORY_BARS, count, isInMemory].map(String)],
    {
      cwd: folder,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
      maxBuffer: 64 * 1024 * 1024,
    },
  );
  return JSON.parse(text.trim().split('\n').at(-1) ?? '') as Figures;
}

function rate({ runs }: Measured, of: (figures: Figures) => number): number {
  return percentile(runs.map(of), 0.5) ?? 0;
}

const perCpu = (measured: Measured): number => rate(measured, ({ bars, cpuS }) => bars / cpuS);
const perWall = (measured: Measured): number => rate(measured, ({ bars, wallS }) => bars / wallS);
const whole = (value: number): string => Math.round(value).toLocaleString('en-US');

const folder = mkdtempSync(join(tmpdir(), 'sextant-bench-replay-'));
const peerFolder = args.peer ?? join(folder, 'peer');
const { script: peer, origin } = installPeer(peerFolder);
const own = join(import.meta.dirname, 'replay-process.ts');
const measured: Measured[] = [];
const rows: string[] = [];
for (const { symbols, bars, peerBars, peerFileBars } of SCALES) {
  const variants = [
    { name: 'sextant, SQLite', script: own, bars, isInMemory: false },
    { name: 'sextant, in memory', script: own, bars, isInMemory: true },
    { name: 'backtest-kit, its files', script: peer, bars: peerFileBars, isInMemory: false },
    { name: 'backtest-kit, in memory', script: peer, bars: peerBars, isInMemory: true },
  ].map((variant) => ({
    ...variant,
    path: join(folder, `${symbols}-${variant.bars}.csv`),
    runs: [] as Figures[],
  }));
  for (const { path, bars: count } of variants) writeBars(path, symbols, count / symbols);
  for (let run = 0; run < Number(args.runs); run += 1) {
    for (const { script, path, bars: count, isInMemory, runs } of variants) {
      // What it kept of the run before would be another benchmark.
      rmSync(join(peerFolder, 'dump'), { recursive: true, force: true });
      runs.push(measure(script, path, count / symbols, isInMemory, peerFolder));
    }
  }
  const results = variants.map(({ name, runs }) => ({ name, symbols, runs }));
  measured.push(...results);
  const [ownFile, ownMemory, peerFile, peerMemory] = results as [Measured, Measured, Measured, Measured];
  const times = (one: Measured, other: Measured): string => (perCpu(one) / perCpu(other)).toFixed(1);
  rows.push(
    `| ${[
      symbols,
      ...results.map((one) => whole(perCpu(one))),
      times(ownFile, peerFile),
      times(ownMemory, peerMemory),
      whole(perWall(ownFile)),
      `${Math.round(100 * rate(peerMemory, ({ asked, bars: all }) => asked / all))} %`,
    ].join(' | ')} |`,
  );
  process.stderr.write(`${rows.at(-1)}\n`);
}
rmSync(folder, { recursive: true });
mkdirSync(dirname(args.json), { recursive: true });
const provenance = { commit: commitText(), machine: machineText(), peer: origin, runs: Number(args.runs) };
writeFileSync(args.json, `${JSON.stringify({ ...provenance, measured }, null, 2)}\n`);
process.stdout.write(
  `${[
    `Bars per second of processor time, median of ${args.runs} runs. ${origin}. ${provenance.machine}, commit ${provenance.commit}.`,
    '',
    '| symbols | Sextant, SQLite | Sextant, in memory | backtest-kit, its files | backtest-kit, in memory | times, each storing | times, in memory | Sextant by the clock | bars on which backtest-kit asks |',
    '| --- | --- | --- | --- | --- | --- | --- | --- | --- |',
    ...rows,
  ].join('\n')}\n`,
);
