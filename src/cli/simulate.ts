import { existsSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { readBarFile } from '../../lab/market/bar-files.ts';
import { Audit } from '../../lab/simulator/audit.ts';
import type { SimulationReport } from '../../lab/simulator/report.ts';
import { readScenario, type Scenario } from '../../lab/simulator/scenario.ts';
import { simulate } from '../../lab/simulator/simulate.ts';
import { issueLines } from '../main.ts';
import { createSystemClock } from '../platform/system-clock.ts';
import { CommandError, labelText, type Output } from './output.ts';
import { progressBar } from './progress.ts';
import { readText } from './read-text.ts';
import { writeShrunk } from './simulate-shrink.ts';
import { auditText, simulationText, verdictText } from './simulation-text.ts';
import { checkWritable } from './writable.ts';

export type SimulateFileOptions = {
  readonly days?: number;
  readonly seed?: string;
  readonly json?: string;
  /** Of the hours, 0..1: in which everyone is asked afresh for comparison. */
  readonly audit?: number;
  /** Where to write the least that still violates the same. */
  readonly shrink?: string;
};

/** What the run took of this machine. */
export type MachineFigures = {
  readonly memory: { readonly rssMaxMb: number };
  readonly cpuSeconds: number;
  readonly wallSeconds: number;
};

/** Exit code 1 when anything was seen that must never happen. */
export async function simulateFile(
  file: string,
  options: SimulateFileOptions,
  output: Output,
  stop: AbortSignal,
): Promise<void> {
  for (const path of [options.json, options.shrink]) checkWritable(path);
  const scenario = scenarioOf(file, options);
  const label = labelText(scenario.market.label);
  output.note(
    `${scenario.title}: ${spanText(scenario.days)} of ${scenario.config.symbols.length} symbols, ${label}`,
  );
  const bar = progressBar('simulating', output);
  const clock = createSystemClock();
  const startedMs = clock.elapsedMs();
  const audit = options.audit === undefined ? null : await Audit.of(scenario, options.audit);
  let report: SimulationReport;
  try {
    report = await simulate(scenario, {
      stop,
      onProgress: (done, total) => bar.show(done, total),
      observers: audit === null ? [] : [audit],
    });
  } finally {
    bar.end();
  }
  const machine = machineFigures((clock.elapsedMs() - startedMs) / 1_000);
  const again = `npx sextant simulate ${file} --seed ${scenario.seed} --days ${scenario.days}`;
  if (options.json !== undefined) {
    const found = report.violationCount === 0 ? {} : { reproduce: again };
    const judged = audit === null ? {} : { agreement: { ...audit.agreement, causes: audit.causes } };
    const all = { ...report, ...judged, ...machine, ...found };
    writeFileSync(options.json, `${JSON.stringify(all, null, 2)}\n`);
  }
  output.line(simulationText(report, machine));
  if (audit !== null) output.line(auditText(audit.agreement));
  if (report.violationCount > 0) {
    output.line(`to see it again: ${again}`);
    const [first] = report.violations;
    if (options.shrink !== undefined && first !== undefined)
      await writeShrunk(file, options.shrink, scenario, first, output);
    process.exitCode = 1;
  }
  output.line(verdictText(report));
}

export function spanText(days: number): string {
  return days < 1 ? `${(days * 24).toFixed(1)} hours` : `${days} days`;
}

/** Throws CommandError that lists everything wrong with the file. */
export function scenarioOf(
  file: string,
  { seed, days, startAtMs }: Pick<SimulateFileOptions, 'seed' | 'days'> & { readonly startAtMs?: number },
): Scenario {
  if (!existsSync(file))
    throw new CommandError(`there is no scenario ${file}: the ready-made ones lie in scenarios/`);
  const read = readScenario(readText(file), {
    ...(seed === undefined ? {} : { seed }),
    ...(days === undefined ? {} : { days }),
    ...(startAtMs === undefined ? {} : { startAtMs }),
    readBars: (name) => readBarFile(join(dirname(file), name)),
  });
  if (read.kind === 'ok') return read.scenario;
  throw new CommandError(
    [`${file} cannot be run:`, ...issueLines(read.issues).map((line) => `  - ${line}`)].join('\n'),
  );
}

export function machineFigures(wallSeconds: number): MachineFigures {
  const { user, system } = process.cpuUsage();
  return {
    memory: { rssMaxMb: Math.round(process.resourceUsage().maxRSS / 1_024) },
    cpuSeconds: (user + system) / 1e6,
    wallSeconds,
  };
}
