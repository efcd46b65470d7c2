// `npm run accept`: the long checks, side by side, each a process of its own below a quarter of an hour; `--json FILE` keeps the figures.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const PARTS = [
  'kill',
  'replay',
  'limits',
  'cuts',
  'outage',
  'liars',
  'reload',
  'planted',
  'overload',
  'prometheus',
  'soak',
  'heap',
];
const PART_MS_MAX = 900_000;

const { values } = parseArgs({ options: { json: { type: 'string' } } });
const folder = mkdtempSync(join(tmpdir(), 'sextant-accept-'));

function run(part) {
  const file = join(folder, `${part}.json`);
  const script = join(import.meta.dirname, `../test/accept/${part}.ts`);
  const child = spawn(process.execPath, [script, '--json', file], {
    stdio: ['ignore', 'inherit', 'inherit'],
    timeout: PART_MS_MAX,
  });
  return new Promise((resolve) => {
    child.once('close', (code, signal) => {
      if (signal !== null || code !== 0) console.log(`${part}: ended with ${signal ?? code}`);
      try {
        resolve({ ok: code === 0, ...JSON.parse(readFileSync(file, 'utf8')) });
      } catch {
        resolve({ ok: false, part, faults: ['it left no figures'] });
      }
    });
  });
}

console.log(`${PARTS.join(', ')}: some minutes`);
const results = await Promise.all(PARTS.map(run));
rmSync(folder, { recursive: true });
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(results, null, 2)}\n`);
const failed = results.filter(({ ok }) => !ok).map(({ part }) => part);
console.log(
  failed.length === 0 ? `\naccepted: ${PARTS.join(', ')}` : `\nNOT accepted: ${failed.join(', ')} failed`,
);
process.exit(failed.length === 0 ? 0 : 1);
