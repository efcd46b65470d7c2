import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { comparisonCharts } from '../../lab/simulator/charts.ts';
import { type Comparison, compare, type Variant } from '../../lab/simulator/compare.ts';
import { simulatedRows } from '../../lab/simulator/target-rows.ts';
import { BENCH_FILE, benchRows } from './bench-result.ts';
import { type Block, comparisonBlocks, markdownText } from './evidence-text.ts';
import { labelText, type Output } from './output.ts';
import { scenarioOf } from './simulate.ts';
import { type EvidenceOptions, gathered, originText, publish } from './simulate-evidence.ts';
import { verdictText } from './simulation-text.ts';
import { readyFolder } from './writable.ts';

export type SimulateCompareOptions = EvidenceOptions & { readonly report?: string };

/** The scenario beside its baselines and before its judge: every row of the design's targets. Exit code 1 on a violation. */
export async function simulateCompare(
  file: string,
  options: SimulateCompareOptions,
  output: Output,
  stop: AbortSignal,
): Promise<void> {
  const scenario = scenarioOf(file, options);
  readyFolder(options.report);
  const run = await gathered(options, output, stop, (told) => compare(scenario, told));
  const { result, machine } = run;
  const bench = benchRows(BENCH_FILE);
  const rows = [...simulatedRows(result), ...bench.rows];
  const command = `npx sextant simulate ${file} --compare`;
  const origin = `${originText(command, scenario, run, options.audit ?? 1)} Bench: ${bench.origin}.`;
  const blocks = comparisonBlocks(result, rows);
  if (options.json !== undefined) {
    const { naive, historic, sextant, causes } = result;
    const agreement = { ...sextant.agreement, causes };
    const variants = { naive: figuresOf(naive), historic: figuresOf(historic) };
    const all = { ...sextant.report, agreement, ...machine, rows, variants };
    writeFileSync(options.json, `${JSON.stringify(all, null, 2)}\n`);
  }
  if (options.report !== undefined) {
    writeReport(options.report, result, { blocks, origin, label: labelText(scenario.market.label) });
  }
  publish('simulate --compare', origin, blocks, options, output);
  output.line(verdictText(result.sextant.report));
  if (result.sextant.report.violationCount > 0) process.exitCode = 1;
}

function figuresOf({ report, agreement }: Variant) {
  return { ...report, agreement };
}

function writeReport(
  folder: string,
  comparison: Comparison,
  {
    blocks,
    origin,
    label,
  }: { readonly blocks: readonly Block[]; readonly origin: string; readonly label: string },
): void {
  const charts = comparisonCharts(comparison, label);
  for (const { name, svg } of charts) writeFileSync(join(folder, `${name}.svg`), svg);
  const drawings = charts.map(({ name, title }) => `![${title}](${name}.svg)`).join('\n\n');
  const title = `# ${comparison.sextant.report.scenario}: ${label}`;
  writeFileSync(join(folder, 'REPORT.md'), `${title}\n\n${markdownText(blocks, origin)}\n\n${drawings}\n`);
}
