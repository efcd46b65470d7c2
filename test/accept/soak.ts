import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startLabServer } from '../../lab/server.ts';
import { createSystemClock } from '../../src/platform/system-clock.ts';
import { line } from './least-squares.ts';
import { configText, labOf, symbolsOf } from './many-symbols.ts';
import { type PartResult, part } from './part.ts';
import { SextantChild } from './sextant-child.ts';

/**
 * A service process on a hundred symbols for a while, its providers failing in turn, read through its own metrics. What
 * the heap keeps is its lowest level within each of ten equal spans; the first two belong to warming up. It fails where even
 * the low end of the slope's 95 % interval is too much: what an hour cannot tell, the thirty virtual days of `heap` do.
 * Options: `--seconds N --symbols N --seed TEXT`.
 */

const SAMPLE_MS = 5_000;
const SPANS = 10;
const WARM_UP_SPANS = 2;
const SLOPE_MB_PER_DAY_MAX = 0.5;
/** A shorter run is still warming up: its slope is shown and not judged. */
const JUDGED_AFTER_S = 3_000;
/** Of a line through the eight spans that are judged: Student's t, six degrees of freedom, both sides 2.5 %. */
const T_95 = 2.447;
const DAY_S = 86_400;

type Sample = {
  readonly atS: number;
  readonly heapMb: number;
  readonly rssMb: number;
  readonly fds: number;
  readonly handles: number;
};

function sampleOf(text: string, atS: number): Sample {
  const figure = (name: string): number =>
    Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1] ?? Number.NaN);
  const handles = [...text.matchAll(/^nodejs_active_handles\{[^}]*\} (\d+)$/gm)].reduce(
    (sum, [, n]) => sum + Number(n),
    0,
  );
  return {
    atS,
    heapMb: figure('nodejs_heap_size_used_bytes') / 2 ** 20,
    rssMb: figure('process_resident_memory_bytes') / 2 ** 20,
    fds: figure('process_open_fds'),
    handles,
  };
}

function floors(samples: readonly Sample[]): Sample[] {
  const size = Math.ceil(samples.length / SPANS);
  return Array.from({ length: SPANS }, (_, i) => samples.slice(i * size, (i + 1) * size))
    .filter((span) => span.length > 0)
    .map((span) => span.reduce((least, sample) => (sample.heapMb < least.heapMb ? sample : least)));
}

async function run(seconds: number, symbolCount: number, seed: string): Promise<PartResult> {
  const folder = mkdtempSync(join(tmpdir(), 'sextant-soak-'));
  const clock = createSystemClock();
  const symbols = symbolsOf(symbolCount);
  const server = await startLabServer(labOf(symbols, seed, clock.nowMs(), seconds), clock);
  const file = join(folder, 'sextant.yaml');
  const keyFile = join(folder, 'key');
  writeFileSync(keyFile, 'lab-key-of-this-run', { mode: 0o600 });
  writeFileSync(
    file,
    configText(symbols, server.baseUrls, folder).replaceAll('${KEY}', `\${file:${keyFile}}`),
  );
  const child = new SextantChild(['run', '-c', file]);
  const url = await child.url;
  const startMs = clock.nowMs();
  const samples: Sample[] = [];
  let unhealthy = 0;
  while (clock.nowMs() - startMs < seconds * 1_000) {
    await clock.sleepUntil(clock.nowMs() + SAMPLE_MS);
    const text = await (await fetch(`${url}/metrics`)).text();
    samples.push(sampleOf(text, (clock.nowMs() - startMs) / 1_000));
    if (!(await fetch(`${url}/health/live`)).ok) unhealthy += 1;
  }
  const stoppedMs = clock.nowMs();
  const { code } = await child.end('SIGTERM');
  const drainMs = clock.nowMs() - stoppedMs;
  await server.close();
  rmSync(folder, { recursive: true, force: true });

  const kept = floors(samples).slice(WARM_UP_SPANS);
  const heap = line(
    kept.map(({ atS }) => atS / DAY_S),
    kept.map(({ heapMb }) => heapMb),
  );
  const heapMbPerDay = [-T_95, 0, T_95].map((times) => heap.slope + times * heap.standardError);
  const [leastMbPerDay = 0] = heapMbPerDay;
  const settled = samples.slice(Math.ceil((samples.length * WARM_UP_SPANS) / SPANS));
  const range = (of: (sample: Sample) => number): string =>
    `${Math.round(Math.min(...settled.map(of)))}–${Math.round(Math.max(...settled.map(of)))}`;
  const faults: string[] = [];
  if (unhealthy > 0) faults.push(`${unhealthy} times not alive`);
  if (code !== 0) faults.push(`it ended with ${code}`);
  if (drainMs > 5_000) faults.push(`it took ${drainMs} ms to end`);
  if (seconds >= JUDGED_AFTER_S && leastMbPerDay > SLOPE_MB_PER_DAY_MAX)
    faults.push(`the heap grows by at least ${leastMbPerDay.toFixed(2)} MB a day`);
  return {
    figures: {
      symbols: symbolCount,
      seconds,
      samples: samples.length,
      heapFloorsMb: floors(samples).map(({ heapMb }) => Math.round(heapMb * 10) / 10),
      // Least, likely, most.
      heapMbPerDay: heapMbPerDay.map((mb) => Math.round(mb * 100) / 100),
      rssMb: range(({ rssMb }) => rssMb),
      openFiles: range(({ fds }) => fds),
      handles: range((sample) => sample.handles),
      drainMs,
    },
    faults,
  };
}

await part('soak', { seconds: '540', symbols: '100', seed: 'soak' }, (options) =>
  run(Number(options.seconds), Number(options.symbols), options.seed),
);
