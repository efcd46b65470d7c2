import type { Config } from '../core/options.ts';
import { type LoadedConfig, loadConfigText, profileText, removeRecord, type Service } from '../main.ts';
import type { SteppedClock } from '../platform/stepped-clock.ts';
import { createSystemClock } from '../platform/system-clock.ts';
import { boardText } from './board-text.ts';
import { demoLab, generatedMarket, readFaults, recordedMarket } from './demo-lab.ts';
import { startDemoService } from './demo-service.ts';
import { CommandError, labelText, type Output } from './output.ts';
import { DEMO_LEDGER_PATH } from './record.ts';
import { type TapeArguments, tapeOptions } from './tape.ts';

export type DemoOptions = TapeArguments & {
  readonly bars?: readonly string[];
  readonly speed: number;
  readonly seed: string;
  readonly cycles?: number;
  readonly cycleMs?: number;
  readonly fault?: readonly string[];
  readonly ledger?: string;
  readonly port?: number;
  readonly json?: boolean;
};

/** Replayed bars bring news once a minute. */
const REPLAY_CYCLE_MS = 60_000;
const REDRAW_MS = 250;

/** Emulated providers, the real engine and the page in one process. Ends with the bars, after `--cycles`, or when stopped. */
export async function demo(options: DemoOptions, output: Output, stop: AbortSignal): Promise<void> {
  const replay = options.bars === undefined ? null : recordedMarket(options.bars, options.seed);
  const loaded = demoConfig(options, replay?.instrumentIds ?? null);
  const nowMs = createSystemClock().nowMs();
  const symbols = loaded.config.symbols.map(({ id }) => id);
  const made = replay === null ? generatedMarket(options.seed, symbols, nowMs) : null;
  const market = replay ?? made?.market;
  if (market === undefined) throw new RangeError('a demo has a market');
  const { label } = market;
  const startAtMs = label.kind === 'REPLAY' ? label.fromMs : (made?.startAtMs ?? nowMs);
  const endAtMs = label.kind === 'REPLAY' ? label.toMs : Number.POSITIVE_INFINITY;

  const { config } = loaded;
  const providers = config.sources.map(({ id }) => id);
  const faults = readFaults(options.fault ?? [], startAtMs);
  const lab = demoLab({ market, seed: options.seed, providers, faults, instant: options.speed > 10 });
  // Without --ledger each demo starts a record of its own: replayed and simulated dates do not follow one another.
  if (options.ledger === undefined) removeRecord(config.ledger.path);
  const leaps = options.speed > 1;
  const tape = tapeOptions(options);
  const demoing = await startDemoService({
    config,
    configVersion: loaded.version,
    lab,
    startAtMs,
    leaps,
    tape,
  });
  const { service, clock } = demoing;
  try {
    const url = await service.listen();
    const screen = new Screen(service, url, output, options.json === true);
    screen.opening(config, labelText(label));
    const { cycleMs } = config;
    await cycle(service, clock, options, { cycleMs, endAtMs, stop, onCycle: () => screen.cycleDone() });
    screen.closing(config);
    if (replay !== null && output.isTerminal) await untilStopped(stop, output);
  } finally {
    await demoing.close();
  }
}

function demoConfig(options: DemoOptions, replayed: readonly string[] | null): LoadedConfig {
  // Emulated providers take any key.
  const env = new Proxy<Record<string, string | undefined>>({}, { get: () => 'demo-key' });
  const loaded = loadConfigText(demoText(replayed), env);
  if (loaded.kind === 'invalid') {
    throw new CommandError(
      `these symbols cannot be asked about: ${loaded.issues.map(({ found, remedy }) => `${found}; ${remedy}`).join('\n')}`,
    );
  }
  const { config, version } = loaded;
  return {
    kind: 'ok',
    version,
    config: {
      ...config,
      cycleMs: options.cycleMs ?? (replayed === null ? config.cycleMs : REPLAY_CYCLE_MS),
      ledger: { path: options.ledger ?? DEMO_LEDGER_PATH },
      server: { ...config.server, port: options.port ?? config.server.port },
    },
  };
}

function demoText(replayed: readonly string[] | null): string {
  const text = profileText('demo') ?? '';
  return replayed === null ? text : text.replace(/^symbols: .*$/m, `symbols: [${replayed.join(', ')}]`);
}

/** Time jumps from slot to slot, and the wait between two cycles is shortened by the speed. */
async function cycle(
  service: Service,
  clock: SteppedClock,
  options: DemoOptions,
  {
    cycleMs,
    endAtMs,
    stop,
    onCycle,
  }: { cycleMs: number; endAtMs: number; stop: AbortSignal; onCycle: () => void },
): Promise<void> {
  const real = createSystemClock();
  let slotAtMs = (Math.floor(clock.nowMs() / cycleMs) + 1) * cycleMs;
  for (
    let done = 0;
    !stop.aborted && slotAtMs <= endAtMs && done < (options.cycles ?? Number.POSITIVE_INFINITY);
    done += 1
  ) {
    const nextAtMs = real.nowMs() + cycleMs / options.speed;
    clock.jumpTo(slotAtMs);
    await service.runCycle(slotAtMs);
    onCycle();
    slotAtMs += cycleMs;
    if (real.nowMs() < nextAtMs) await real.sleepUntil(nextAtMs, stop);
  }
}

async function untilStopped(stop: AbortSignal, output: Output): Promise<void> {
  output.note('the page stays up until Ctrl-C');
  if (!stop.aborted) await new Promise((resolve) => stop.addEventListener('abort', resolve, { once: true }));
}

/** A live table where a person watches; else one line per cycle, as text or as JSON. */
class Screen {
  readonly #service: Service;
  readonly #url: string;
  readonly #output: Output;
  readonly #json: boolean;
  readonly #clock = createSystemClock();
  #drawnAtMs = 0;

  constructor(service: Service, url: string, output: Output, json: boolean) {
    this.#service = service;
    this.#url = url;
    this.#output = output;
    this.#json = json;
  }

  opening(config: Config, label: string): void {
    this.#output.note(
      `sextant demo: ${config.symbols.length} symbols, ${config.sources.length} emulated providers, prices ${label}\npage and API at ${this.#url}`,
    );
  }

  cycleDone(): void {
    const { live } = this.#service;
    const state = live.state();
    if (this.#json) {
      const decisions = live
        .decisions()
        .map(({ instrumentId, kind, reason, score }) => ({ instrumentId, kind, reason, score }));
      this.#output.line(
        JSON.stringify({ label: state.label, cycle: state.cycle, slotAtMs: state.lastCycleAtMs, decisions }),
      );
    } else if (this.#output.isTerminal) {
      const nowMs = this.#clock.nowMs();
      if (nowMs - this.#drawnAtMs < REDRAW_MS) return;
      this.#drawnAtMs = nowMs;
      this.#output.line(`\u001b[2J\u001b[H${boardText(live, this.#url)}`);
    } else if (state.cycle !== null && (state.cycle <= 3 || state.cycle % 100 === 0)) {
      this.#output.line(boardText(live, this.#url));
    }
  }

  closing(config: Config): void {
    const { decisionsDue, decisionsMade, label } = this.#service.live.state();
    this.#output.note(
      [
        `${labelText(label)}: ${decisionsMade} of ${decisionsDue} due decisions made; record in ${config.ledger.path}`,
        'next: npx sextant signals | npx sextant why BTC-USD | npx sextant verify',
      ].join('\n'),
    );
  }
}
