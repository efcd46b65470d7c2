import { setImmediate as immediate } from 'node:timers/promises';
import { createLab } from '../lab/lab.ts';
import { labHttp } from '../lab/lab-http.ts';
import { pointedAt } from '../lab/simulator/pointed-at.ts';
import { readScenario } from '../lab/simulator/scenario.ts';
import { redactedConfig } from '../src/config/load.ts';
import {
  type Config,
  createEngine,
  createMemoryLedger,
  createSeededRandom,
  createVirtualClock,
  type Ledger,
  type RunningEngine,
} from '../src/index.ts';
import { replayTape, type TapeReplay } from '../src/replay-tape.ts';
import { Recorder } from '../src/tape/recorder.ts';
import { tapeHeader } from '../src/tape/tape-header.ts';
import type { TapeLine } from '../src/tape/tape-line.ts';

export type TapedRun = {
  readonly tape: readonly TapeLine[];
  readonly ledger: Ledger;
  readonly config: Config;
};

export type TapedRunOptions = {
  readonly seed: string;
  readonly cycles: number;
  readonly startAtMs: number;
  /** To go on with. */
  readonly ledger?: Ledger;
  /** After each cycle's time, from 1. */
  readonly onCycle?: (cycle: number, running: RunningEngine, config: Config) => void;
};

const BUSY_SHARE = 0.2;
const BUSY_MS_MAX = 2_000;

/** Runs a scenario in virtual time with a tape running along. Its machine is busy now and then, and otherwise well. */
export async function tapedRun(text: string, options: TapedRunOptions): Promise<TapedRun> {
  const { seed, cycles, ledger = createMemoryLedger(), onCycle } = options;
  const read = readScenario(text, { readBars: (name) => name, days: 1, ...options });
  if (read.kind === 'invalid') throw new Error(JSON.stringify(read.issues));
  const { scenario } = read;
  const { market, providers, startAtMs, configVersion } = scenario;
  const clock = createVirtualClock(startAtMs - 1);
  const lab = createLab({ market, seed, providers });
  const config = pointedAt(lab, scenario);
  const { label } = market;
  const known = { sextant: 'test', label, configVersion, config: redactedConfig(config) };
  const tape: TapeLine[] = [tapeHeader({ ...known, startAtMs: clock.nowMs() })];
  const broken: unknown[] = [];
  const running = await createEngine({
    config,
    configVersion,
    label,
    clock,
    random: createSeededRandom(seed),
    http: labHttp(lab, clock),
    ledger,
    memory: null,
    redact: (line) => line,
    onLedgerFailure: () => {},
    onFault: (error) => broken.push(error),
    boundary: new Recorder(clock, clock.nowMs(), (line) => tape.push(line)),
  });
  const stop = new AbortController();
  const over = running.engine.run(stop.signal);
  const haste = createSeededRandom(`${seed} haste`);
  for (let cycle = 1; cycle <= cycles; cycle += 1) {
    const endAtMs = startAtMs + cycle * config.cycleMs - 1;
    while (clock.nowMs() < endAtMs) {
      await immediate();
      // Now and then much happens at once, as where the event loop was busy: what was due is late.
      const lateMs = haste.next() < BUSY_SHARE ? Math.floor(haste.next() * BUSY_MS_MAX) : 0;
      await clock.advanceTo(Math.min(endAtMs, (clock.nextAtMs() ?? endAtMs) + lateMs));
    }
    await immediate();
    onCycle?.(cycle, running, config);
  }
  stop.abort();
  await over;
  if (broken.length > 0) throw broken[0];
  tape.push({ is: 'end', atMs: clock.nowMs(), why: 'closed' });
  return { tape, ledger, config };
}

/** Replays a tape against the record of its run, into one of its own. */
export async function replayed(
  { tape, ledger }: Pick<TapedRun, 'tape' | 'ledger'>,
  given?: { readonly config: Config; readonly version: string },
): Promise<{ readonly replay: TapeReplay; readonly own: Ledger }> {
  const own = createMemoryLedger();
  const against = () =>
    Promise.resolve({ entriesAfter: ledger.entriesAfter.bind(ledger), close: async () => {} });
  const replay = await replayTape({ lines: linesOf(tape), against, own, config: given });
  return { replay, own };
}

/** A tape as it is read from a file. */
async function* linesOf(tape: readonly TapeLine[]): AsyncGenerator<string> {
  for (const line of tape) yield JSON.stringify(line);
}
