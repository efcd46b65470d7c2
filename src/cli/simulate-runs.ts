import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import type { SimulationReport } from '../../lab/simulator/report.ts';
import type { Output } from './output.ts';
import { progressBar } from './progress.ts';
import { scenarioOf } from './simulate.ts';
import { simulateSeeds } from './simulate-pool.ts';
import { verdictText } from './simulation-text.ts';
import { checkWritable } from './writable.ts';

export type SimulateRunsOptions = {
  readonly runs: number;
  readonly days?: number;
  readonly seed?: string;
  readonly json?: string;
};

/** The same scenario under many seeds, `seed-1` to `seed-N`; those with violations are named with the way to see them again. */
export async function simulateRuns(
  file: string,
  options: SimulateRunsOptions,
  output: Output,
  stop: AbortSignal,
): Promise<void> {
  const { runs } = options;
  checkWritable(options.json);
  const { seed: base } = scenarioOf(file, options);
  const bar = progressBar('simulating', output);
  const days = options.days === undefined ? '' : ` --days ${options.days}`;
  let reports: readonly SimulationReport[];
  try {
    reports = await simulateSeeds(options.days === undefined ? { file } : { file, days: options.days }, {
      seeds: Array.from({ length: runs }, (_, index) => `${base}-${index + 1}`),
      stop,
      onReport: (report, done) => {
        bar.show(done, runs);
        if (report.violationCount === 0) return;
        output.line(verdictText(report));
        for (const { invariant, detail } of report.violations.slice(0, 3))
          output.line(`  ${invariant}: ${detail}`);
        output.line(`  to see it again: npx sextant simulate ${file} --seed ${report.seed}${days}`);
      },
    });
  } finally {
    bar.end();
  }
  const digests = createHash('sha256');
  for (const { eventLogSha256 } of reports) digests.update(`${eventLogSha256}\n`);
  if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(reports)}\n`);
  const total = (of: (report: SimulationReport) => number): number =>
    reports.reduce((sum, report) => sum + of(report), 0);
  output.line(
    `${reports.length} runs: ${total(({ decisions }) => decisions.made)} of ${total(({ decisions }) => decisions.due)} decisions made, ${total(({ calls }) => calls.total)} calls, ${total(({ provider }) => provider.overLimit)} over a limit`,
  );
  const violations = total(({ violationCount }) => violationCount);
  if (violations > 0) process.exitCode = 1;
  output.line(
    `seed ${base}-1 to ${base}-${reports.length}, digest ${digests.digest('hex')}, ${violations === 0 ? 'no violation' : `${violations} VIOLATIONS`}`,
  );
}
