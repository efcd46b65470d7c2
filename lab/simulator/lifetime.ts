import type { Clock } from '../../src/index.ts';
import type { Crash, CrashStep } from './machine-faults.ts';

/** What a dead process waits for. */
export function never<T>(): Promise<T> {
  return new Promise<T>(() => {});
}

/** One process from its start to its death. Nothing that it began before is heard of afterwards. */
export class Lifetime {
  readonly #world: Clock;
  readonly #crashes: { readonly crash: Crash; skip: number }[];
  readonly #onDeath: (crash: Crash) => void;
  #isAlive = true;

  /** `crashes` are those that have not happened yet. */
  constructor(world: Clock, crashes: readonly Crash[], onDeath: (crash: Crash) => void) {
    this.#world = world;
    this.#crashes = crashes.map((crash) => ({ crash, skip: crash.skip }));
    this.#onDeath = onDeath;
    for (const crash of crashes) {
      if (crash.step === 'anywhere') world.at(crash.atMs, () => this.#die(crash));
    }
  }

  get isAlive(): boolean {
    return this.#isAlive;
  }

  /** Whether the process lives on after it has come to a step. */
  survives(step: CrashStep): boolean {
    if (!this.#isAlive) return false;
    const nowMs = this.#world.nowMs();
    for (const planned of this.#crashes) {
      if (planned.crash.step !== step || planned.crash.atMs > nowMs) continue;
      if (planned.skip === 0) this.#die(planned.crash);
      planned.skip -= 1;
      return this.#isAlive;
    }
    return true;
  }

  /** It ended by itself. */
  end(): void {
    this.#isAlive = false;
  }

  #die(crash: Crash): void {
    if (!this.#isAlive) return;
    this.#isAlive = false;
    this.#onDeath(crash);
  }
}
