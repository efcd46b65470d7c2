import { readFileSync, writeFileSync } from 'node:fs';
import { parse, stringify } from 'yaml';
import { scenarioDocument } from '../../lab/simulator/fault-plan.ts';
import type { Scenario } from '../../lab/simulator/scenario.ts';
import { shrinkScenario } from '../../lab/simulator/shrink.ts';
import type { Violation } from '../../lab/simulator/watchman.ts';
import type { Output } from './output.ts';

/** Writes to `target` the least that goes wrong in the scenario of `file` so that the same is violated. */
export async function writeShrunk(
  file: string,
  target: string,
  scenario: Scenario,
  violation: Violation,
  output: Output,
): Promise<void> {
  output.note(`looking for the least that goes wrong so that ${violation.invariant} is violated`);
  const { scenario: least, faults, runs } = await shrinkScenario(scenario, violation);
  const document = scenarioDocument(parse(readFileSync(file, 'utf8')) as Record<string, unknown>, least);
  const head = `# ${violation.invariant}: ${violation.detail.replaceAll('\n', ' ')}\n`;
  writeFileSync(target, `${head}${stringify(document)}`);
  output.line(
    `${faults.after} of ${faults.before} faults are enough (${runs} runs): npx sextant simulate ${target}`,
  );
}
