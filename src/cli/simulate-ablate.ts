import { writeFileSync } from 'node:fs';
import { ablate } from '../../lab/simulator/ablate.ts';
import { ablationBlock } from './evidence-text.ts';
import { marketDaysFrom } from './market-days.ts';
import type { Output } from './output.ts';
import { scenarioOf } from './simulate.ts';
import { type EvidenceOptions, gathered, originText, publish } from './simulate-evidence.ts';

const DAYS = 2;

/** What each improvement is worth: all on minus one, all off plus one, over two market days unless told otherwise. */
export async function simulateAblate(
  file: string,
  options: EvidenceOptions,
  output: Output,
  stop: AbortSignal,
): Promise<void> {
  const days = options.days ?? DAYS;
  const { startAtMs } = scenarioOf(file, options);
  const scenario = scenarioOf(file, { ...options, days, startAtMs: marketDaysFrom(startAtMs, days) });
  const run = await gathered(options, output, stop, (told) => ablate(scenario, told));
  if (options.json !== undefined) {
    const runs = run.result.map(({ name, report, agreement, set, flag, changedShare }) => ({
      name,
      set,
      flag,
      changedShare,
      report,
      agreement,
    }));
    writeFileSync(options.json, `${JSON.stringify({ runs, ...run.machine }, null, 2)}\n`);
  }
  const command = `npx sextant simulate ${file} --ablate`;
  const origin = originText(command, scenario, run, options.audit ?? 1);
  publish('simulate --ablate', origin, [ablationBlock(run.result)], options, output);
}
