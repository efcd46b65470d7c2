import { writeFileSync } from 'node:fs';
import { comparePolicies } from '../../lab/simulator/policies.ts';
import { policyBlocks } from './evidence-text.ts';
import { marketDaysFrom } from './market-days.ts';
import type { Output } from './output.ts';
import { scenarioOf } from './simulate.ts';
import { type EvidenceOptions, gathered, originText, publish } from './simulate-evidence.ts';

/** Every order of asking in every mode, in one world and before one judge, over market days where there are so many in a row. */
export async function simulatePolicies(
  file: string,
  options: EvidenceOptions,
  output: Output,
  stop: AbortSignal,
): Promise<void> {
  const { startAtMs, days } = scenarioOf(file, options);
  const scenario = scenarioOf(file, { ...options, startAtMs: marketDaysFrom(startAtMs, days) });
  const run = await gathered(options, output, stop, (told) => comparePolicies(scenario, told));
  if (options.json !== undefined) {
    const runs = run.result.map(({ name, report, agreement, policy, mode, modelTtlMs }) => ({
      name,
      policy,
      mode,
      modelTtlMs,
      report,
      agreement,
    }));
    writeFileSync(options.json, `${JSON.stringify({ runs, ...run.machine }, null, 2)}\n`);
  }
  const command = `npx sextant simulate ${file} --policies`;
  const name =
    scenario.market.label.kind === 'REPLAY' ? 'simulate --policies, recorded' : 'simulate --policies';
  const origin = originText(command, scenario, run, options.audit ?? 1);
  publish(name, origin, policyBlocks(run.result), options, output);
}
