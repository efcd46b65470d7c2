import { setImmediate as immediate } from 'node:timers/promises';
import { createLab } from '../lab/lab.ts';
import { labHttp } from '../lab/lab-http.ts';
import { pointedAt } from '../lab/simulator/pointed-at.ts';
import { readScenario } from '../lab/simulator/scenario.ts';
import { slotsOf } from '../lab/simulator/simulate.ts';
import { redactedConfig } from '../src/config/load.ts';
import {
  createEngine,
  createMemoryLedger,
  createSeededRandom,
  createVirtualClock,
  type Ledger,
} from '../src/index.ts';
import { Recorder } from '../src/tape/recorder.ts';
import { tapeHeader } from '../src/tape/tape-header.ts';
import type { TapeLine } from '../src/tape/tape-line.ts';

export type TapedRun = { readonly tape: readonly TapeLine[]; readonly ledger: Ledger };

const BUSY_SHARE = 0.2;
const BUSY_MS_MAX = 60;

/** Runs a scenario in virtual time with a tape running along. Its machine is never troubled. */
export async function tapedRun(
  text: string,
  options: { readonly seed?: string; readonly days?: number } = {},
): Promise<TapedRun> {
  const read = readScenario(text, { readBars: (name) => name, ...options });
  if (read.kind === 'invalid') throw new Error(JSON.stringify(read.issues));
  const { scenario } = read;
  const { seed, market, providers, startAtMs, configVersion } = scenario;
  const clock = createVirtualClock(startAtMs - 1);
  const lab = createLab({ market, seed, providers });
  const config = pointedAt(lab, scenario);
  const { label } = market;
  const known = { sextant: 'test', label, configVersion, config: redactedConfig(config) };
  const tape: TapeLine[] = [tapeHeader({ ...known, startAtMs: clock.nowMs() })];
  const ledger = createMemoryLedger();
  const faults: unknown[] = [];
  const { engine } = await createEngine({
    config,
    configVersion,
    label,
    clock,
    random: createSeededRandom(seed),
    http: labHttp(lab, clock),
    ledger,
    memory: null,
    redact: (line) => line,
    onLedgerFailure: (error) => faults.push(error),
    onFault: (error) => faults.push(error),
    boundary: new Recorder(clock, clock.nowMs(), (line) => tape.push(line)),
  });
  const stop = new AbortController();
  const over = engine.run(stop.signal);
  const haste = createSeededRandom(`${seed} haste`);
  const endAtMs = startAtMs + slotsOf(scenario) * config.cycleMs - 1;
  while (clock.nowMs() < endAtMs) {
    await immediate();
    // Now and then many things happen at once, as where the event loop was busy: what was due is late.
    const lateMs = haste.next() < BUSY_SHARE ? Math.floor(haste.next() * BUSY_MS_MAX) : 0;
    await clock.advanceTo(Math.min(endAtMs, (clock.nextAtMs() ?? endAtMs) + lateMs));
  }
  stop.abort();
  await over;
  if (faults.length > 0) throw new Error(String(faults[0]));
  return { tape, ledger };
}

/** A tape as it is read from a file. */
export async function* linesOf(tape: readonly TapeLine[]): AsyncGenerator<string> {
  for (const line of tape) yield JSON.stringify(line);
}
