import type { Gateway } from './answer.ts';
import type { Clock } from './clock.ts';
import type { Ledger } from './ledger.ts';
import type { Random } from './random.ts';

/** What an engine needs of its record. */
export type EngineRecord = Pick<
  Ledger,
  'append' | 'appendConfig' | 'recover' | 'head' | 'standing' | 'entriesAfter'
>;

/** All that an engine takes from outside; what it decides follows from this and from its configuration alone. */
export type Outside = {
  readonly gateway: Gateway;
  readonly clock: Clock;
  readonly random: Random;
  readonly record: EngineRecord;
};

/** How an engine is set going. */
export type Cycles = {
  /** Cycles at every slot until `stop` is aborted. */
  run(stop: AbortSignal): Promise<void>;
  /** One cycle, of the slot that begins at `slotAtMs` (Unix ms). */
  runCycle(slotAtMs: number): Promise<void>;
};

/** A change of the configuration, redacted. */
export type ConfigAdoption = {
  readonly version: string;
  readonly config: unknown;
  readonly how: 'start' | 'reload' | 'rollback';
};

/** Stands between an engine and all that is outside of it: to look on, or to take its place. */
export interface Boundary {
  /** What the engine is given instead. Called once, before anything else. */
  outside(real: Outside): Outside;
  /** How the engine is set going instead. Called once. */
  cycles(engine: Cycles): Cycles;
  /** `adopt` has the engine take on a configuration before its next cycle. */
  adopting(adoption: ConfigAdoption, adopt: () => void): void;
}

/** Where nothing stands between the two. */
export const OPEN_BOUNDARY: Boundary = {
  outside: (real) => real,
  cycles: (engine) => engine,
  adopting: (_adoption, adopt) => adopt(),
};
