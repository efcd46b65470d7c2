import {
  type Clock,
  createEngine,
  createSeededRandom,
  type Decision,
  type EngineWorld,
  type Http,
  type RunningEngine,
} from '../../src/index.ts';
import { Lifetime, never } from './lifetime.ts';
import { machineClock } from './machine-clock.ts';
import { type Crash, clockOffsetMs, isTroubledBetween, type MachineFault } from './machine-faults.ts';
import type { ModelledDisk } from './modelled-disk.ts';

export type HostOptions = {
  readonly seed: string;
  readonly faults: readonly MachineFault[];
  readonly world: Clock;
  readonly disk: ModelledDisk;
  /** The network as the world has it. */
  readonly http: Http;
  readonly engine: Omit<EngineWorld, 'clock' | 'random' | 'http' | 'ledger' | 'memory'>;
};

/** What a supervisor waits before it tries again to start what would not start. */
const START_AGAIN_MS = 1_000;

/** The machine the engine runs on: starts it, lets it die as planned, and starts it anew on what the disk has kept. */
export class Host {
  readonly #options: HostOptions;
  readonly #clockFaults: readonly MachineFault[];
  readonly #stop = new AbortController();
  #pending: readonly Crash[];
  #starts = 0;
  #running: (RunningEngine & { readonly over: Promise<void> }) | null = null;
  #upSinceMs = Number.NEGATIVE_INFINITY;

  constructor(options: HostOptions) {
    this.#options = options;
    this.#clockFaults = options.faults.filter(({ kind }) => kind === 'clockOffset');
    this.#pending = options.faults.filter((fault) => fault.kind === 'crash');
  }

  /** By the machine's own clock (Unix ms). */
  nowMs(): number {
    return this.#options.world.nowMs() + this.#offsetMs();
  }

  /** What is shown as standing; nothing while no process runs. */
  decisions(): readonly Decision[] {
    return this.#running?.live.decisions() ?? [];
  }

  /** Whether trouble of the machine excuses that nothing, or something late, came of a slot that began at `slotAtMs` of its clock. */
  isExcused(slotAtMs: number): boolean {
    const { faults, world } = this.#options;
    if (faults.length === 0) return false;
    const fromMs = slotAtMs - this.#offsetMs();
    return (
      this.#running === null || this.#upSinceMs >= fromMs || isTroubledBetween(faults, fromMs, world.nowMs())
    );
  }

  async start(): Promise<void> {
    const { seed, faults, world, disk, engine } = this.#options;
    this.#starts += 1;
    const lifetime = new Lifetime(world, this.#pending, (crash) => this.#died(crash));
    const clock = machineClock(world, () => this.#offsetMs(), this.#clockFaults.length === 0, lifetime);
    let running: RunningEngine;
    try {
      running = await createEngine({
        ...engine,
        clock,
        random: createSeededRandom(this.#starts === 1 ? seed : `${seed} process ${this.#starts}`),
        http: this.#httpOf(lifetime),
        ledger: disk.ledgerOf(lifetime),
        // Noting it down costs time, and without faults no process follows that could read it.
        memory: faults.length === 0 ? null : disk.memoryOf(lifetime),
      });
    } catch (error) {
      lifetime.end();
      engine.onLedgerFailure(error);
      world.at(world.nowMs() + START_AGAIN_MS, () => void this.start());
      return;
    }
    if (!lifetime.isAlive) return;
    this.#running = { ...running, over: running.engine.run(this.#stop.signal) };
    if (this.#starts > 1) this.#upSinceMs = world.nowMs();
  }

  /** Ends the process that runs. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running?.over;
  }

  #died(crash: Crash): void {
    const { world } = this.#options;
    this.#pending = this.#pending.filter((planned) => planned !== crash);
    this.#running = null;
    world.at(world.nowMs() + crash.downMs, () => void this.start());
  }

  #httpOf(lifetime: Lifetime): Http {
    const { http } = this.#options;
    return {
      send: async (request, options) => {
        if (!lifetime.survives('send')) return never();
        const outcome = await http.send(request, options);
        if (!lifetime.survives('receive')) return never();
        if (outcome.kind !== 'response') return outcome;
        return { kind: 'response', response: { ...outcome.response, receivedAtMs: this.nowMs() } };
      },
      close: () => http.close(),
    };
  }

  #offsetMs(): number {
    return this.#clockFaults.length === 0 ? 0 : clockOffsetMs(this.#clockFaults, this.#options.world.nowMs());
  }
}
