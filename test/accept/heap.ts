import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { CACHE_DEFAULTS } from '../../src/core/options.ts';
import { createService } from '../../src/main.ts';
import { createVirtualClock } from '../../src/platform/virtual-clock.ts';
import { slope } from './least-squares.ts';
import { configText, loaded, mixedSymbolsOf } from './many-symbols.ts';
import { type PartResult, part, sum } from './part.ts';
import { startWorkerLab } from './worker-lab.ts';

/**
 * A service with its record, its API and its metrics on a hundred symbols, its providers failing for days in turn, through
 * thirty days of virtual time; what is alive after a full collection is measured every few hours. The providers have a
 * heap of their own. Options: `--days N --samples N --symbols N --cycle SECONDS --seed TEXT`.
 */

const MB = 2 ** 20;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** A Monday. */
const START_MS = Date.UTC(2026, 0, 5);
/** The default for a hundred; fewer symbols would be days in filling that. */
const CACHE_BYTES_PER_SYMBOL = Math.floor(CACHE_DEFAULTS.bytesMax / 100);
/** What fills up to a bound has done so by then: bars of a day, answers of a week. */
const FILL_SHARE = 0.27;
const SLOPE_MB_PER_DAY_MAX = 0.5;

/** Until then more and more code turns out to be worth compiling. */
const CODE_SETTLED_DAYS = 10;

type Sample = {
  readonly day: number;
  /** All that is alive in the heap, and what lies outside that it holds. */
  readonly liveMb: number;
  /** Compiled code, of that. */
  readonly codeMb: number;
  readonly handles: number;
  readonly fds: number;
};

setFlagsFromString('--expose-gc');
const CODE_SPACES = /^(?:code|trusted)_/;
const collect = runInNewContext('gc') as (options: object) => void;

function sampleAt(day: number): Sample {
  // Code that is no longer run goes as well.
  collect({ type: 'major', execution: 'sync', flavor: 'last-resort' });
  const { heapUsed, external } = process.memoryUsage();
  const code = getHeapSpaceStatistics().filter(({ space_name: name }) => CODE_SPACES.test(name));
  return {
    day,
    liveMb: (heapUsed + external) / MB,
    codeMb: sum(code.map(({ space_used_size: bytes }) => bytes)) / MB,
    handles: process.getActiveResourcesInfo().length,
    fds: existsSync('/proc/self/fd') ? readdirSync('/proc/self/fd').length : 0,
  };
}

type Span = { readonly days: number; readonly samples: number };

async function run(
  { days, samples: count }: Span,
  symbolCount: number,
  cycleS: number,
  seed: string,
): Promise<PartResult> {
  const folder = mkdtempSync(join(tmpdir(), 'sextant-heap-'));
  const symbols = mixedSymbolsOf(symbolCount);
  const clock = createVirtualClock(START_MS - 1);
  const lab = startWorkerLab({ symbols, seed, startMs: START_MS, seconds: (days * DAY_MS) / 1_000 }, clock);
  const { config, version } = loaded(
    JSON.stringify({
      ...JSON.parse(configText(symbols, lab.baseUrls, folder)),
      cycleMs: cycleS * 1_000,
      cache: { bytesMax: CACHE_BYTES_PER_SYMBOL * symbolCount },
      log: { level: 'silent' },
    }),
  );
  const service = await createService({
    config,
    configVersion: version,
    label: { kind: 'SIMULATED', seed },
    clock,
    http: lab.http,
  });
  const url = await service.listen();
  const stop = new AbortController();
  const running = service.run(stop.signal);
  const samples: Sample[] = [];
  for (let step = 1; step <= count; step += 1) {
    const day = (step * days) / count;
    await clock.advanceTo(START_MS + day * DAY_MS);
    for (const path of ['/metrics', '/api/v1/decisions', '/api/v1/signals'])
      await (await fetch(`${url}${path}`)).text();
    samples.push(sampleAt(day));
  }
  const { cycle, decisionsDue, decisionsMade } = service.live.state();
  stop.abort();
  await clock.advanceTo(clock.nowMs() + HOUR_MS);
  await running;
  await service.close();
  await lab.close();
  rmSync(folder, { recursive: true });

  const judged = judge(samples, days);
  const { faults } = judged;
  if (decisionsMade !== decisionsDue || decisionsMade === 0)
    faults.push(`${decisionsMade} decisions of ${decisionsDue}`);
  return {
    figures: {
      symbols: symbolCount,
      days,
      cycles: cycle,
      decisions: decisionsMade,
      requests: lab.requests(),
      ...judged.figures,
    },
    faults,
  };
}

function judge(samples: readonly Sample[], days: number) {
  const settled = samples.filter(({ day }) => day > FILL_SHARE * days);
  const perDay = (of: (sample: Sample) => number): number =>
    slope(
      settled.map(({ day }) => day),
      settled.map(of),
    );
  const range = (of: (sample: Sample) => number): readonly number[] => [
    Math.min(...settled.map(of)),
    Math.max(...settled.map(of)),
  ];
  const allMbPerDay = perDay(({ liveMb }) => liveMb);
  const dataMbPerDay = perDay(({ liveMb, codeMb }) => liveMb - codeMb);
  const judgedMbPerDay = days < CODE_SETTLED_DAYS ? dataMbPerDay : allMbPerDay;
  const [handles, fds] = [range((sample) => sample.handles), range((sample) => sample.fds)];
  const faults: string[] = [];
  if (judgedMbPerDay > SLOPE_MB_PER_DAY_MAX)
    faults.push(`what is alive grows by ${judgedMbPerDay.toFixed(2)} MB a day`);
  if (handles[0] !== handles[1]) faults.push(`${handles.join(' to ')} handles`);
  if (fds[0] !== fds[1]) faults.push(`${fds.join(' to ')} open files`);
  const figures = {
    liveMb: samples.map(({ liveMb }) => round(liveMb, 10)),
    codeMb: range(({ codeMb }) => round(codeMb, 10)),
    dataMbPerDay: round(dataMbPerDay, 1_000),
    allMbPerDay: round(allMbPerDay, 1_000),
    handles,
    fds,
  };
  return { figures, faults };
}

function round(value: number, parts: number): number {
  return Math.round(value * parts) / parts;
}

const DEFAULTS = { days: '30', samples: '60', symbols: '100', cycle: '1200', seed: 'heap' };
await part('heap', DEFAULTS, ({ days, samples, symbols, cycle, seed }) =>
  run({ days: Number(days), samples: Number(samples) }, Number(symbols), Number(cycle), seed),
);
