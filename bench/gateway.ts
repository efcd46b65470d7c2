import { fork } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { CARRIERS, type CarrierName } from './carriers.ts';
import type { Cost, Load, Order } from './gateway-process.ts';

/**
 * What the gateway itself costs per question, over a transport that answers at once, beside what a user would build from
 * npm: the same questions in the same run, each measurement in a process of its own, the rounds interleaved.
 *
 *     node bench/gateway.ts --rounds 5 --json FILE
 */

const { values: args } = parseArgs({
  options: { rounds: { type: 'string', default: '5' }, json: { type: 'string' } },
});

const LOADS: readonly Load[] = ['one by one', '100 at once', '100 in a request', 'asked again'];
const NAMES = Object.keys(CARRIERS) as CarrierName[];
/** The chain that the bar is set by. */
const BAR: CarrierName = 'lru-cache, cockatiel, opossum';
/** The collector must not run while bytes are counted. */
const NO_COLLECTION = ['--expose-gc', '--min-semi-space-size=1024', '--max-semi-space-size=1024'];

type Row = {
  readonly carrier: CarrierName;
  readonly load: Load;
  readonly us: readonly number[];
  readonly bytes: number;
  readonly timers: number;
};

function measure(order: Order): Promise<Cost> {
  const child = fork(join(import.meta.dirname, 'gateway-process.ts'), {
    execArgv: order.measure === 'memory' ? NO_COLLECTION : [],
  });
  child.send(order);
  return new Promise((resolve, reject) => {
    child.once('message', (message) => resolve((message as { cost: Cost }).cost));
    child.once('exit', (code) => reject(new Error(`${order.carrier}, ${order.load}: ended with ${code}`)));
  });
}

async function rowsOf(load: Load): Promise<Row[]> {
  const times = new Map<CarrierName, number[]>(NAMES.map((name) => [name, []]));
  for (let round = 0; round < Number(args.rounds); round += 1) {
    for (const carrier of NAMES) {
      const cost = await measure({ carrier, load, measure: 'time' });
      if (cost !== null && 'us' in cost) times.get(carrier)?.push(cost.us);
    }
  }
  const rows: Row[] = [];
  for (const [carrier, us] of times) {
    const cost = await measure({ carrier, load, measure: 'memory' });
    if (cost !== null && 'bytes' in cost) rows.push({ carrier, load, us, ...cost });
  }
  return rows;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}

function line({ carrier, load, us, bytes, timers }: Row, bar: Row | undefined): string {
  const ratio = bar === undefined ? Number.NaN : median(us) / median(bar.us);
  const spread = `${median(us).toFixed(2)} [${Math.min(...us).toFixed(2)}–${Math.max(...us).toFixed(2)}]`;
  return `| ${[load, carrier, spread, ratio.toFixed(2), bytes.toFixed(0), timers.toFixed(3)].join(' | ')} |`;
}

console.log(
  `Node ${process.versions.node}, ${cpus().length} x ${cpus()[0]?.model}; median of ${args.rounds} [spread]\n`,
);
console.log('| questions | carrier | µs each | to the bar | bytes each | timers each |');
console.log('| --- | --- | --- | --- | --- | --- |');
const all: Row[] = [];
for (const load of LOADS) {
  const rows = await rowsOf(load);
  const bar = rows.find(({ carrier }) => carrier === BAR);
  for (const row of rows) console.log(line(row, bar));
  if (!rows.some(({ carrier }) => carrier === 'sextant'))
    console.log(`| ${load} | sextant | keeps nothing | | | |`);
  all.push(...rows);
}
if (args.json !== undefined)
  writeFileSync(args.json, `${JSON.stringify({ rounds: args.rounds, rows: all }, null, 1)}\n`);
