import { writeFileSync } from 'node:fs';
import { DAY_MS } from '../../lab/market/market.ts';
import { xnysSession } from '../../lab/market/xnys-session.ts';
import { ablate } from '../../lab/simulator/ablate.ts';
import { ablationBlock } from './evidence-text.ts';
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

/** The first moment from which on so many days are all days of the stock exchange; a week at most is looked through. */
function marketDaysFrom(startAtMs: number, days: number): number {
  for (let day = 0; day < 7; day += 1) {
    const fromMs = startAtMs + day * DAY_MS;
    const starts = Array.from({ length: Math.ceil(days) }, (_, index) => fromMs + index * DAY_MS);
    if (starts.every((atMs) => xnysSession(Math.floor(atMs / DAY_MS) * DAY_MS) !== null)) return fromMs;
  }
  return startAtMs;
}
