import type { Clock, GatewayMemory, Ledger, LedgerEntry } from '../../src/index.ts';
import { type Lifetime, never } from './lifetime.ts';
import { diskAt, type MachineFault } from './machine-faults.ts';

/** Why the disk of the model refused. */
export class DiskError extends Error {
  override readonly name = 'DiskError';
}

export type ModelledDiskOptions = {
  readonly record: Ledger;
  readonly faults: readonly MachineFault[];
  readonly world: Clock;
  /** Told what has become durable, whether its writer hears of it or not. */
  readonly onRecorded: (entries: readonly LedgerEntry[]) => void;
};

/** What outlives the processes of a machine: the record, and what their gateways wrote down. */
export class ModelledDisk {
  readonly #options: ModelledDiskOptions;
  #memories: Parameters<GatewayMemory['save']>[0] | null = null;

  constructor(options: ModelledDiskOptions) {
    this.#options = options;
  }

  /** The record as one process has it open: after a failed write it takes nothing until it has recovered. */
  ledgerOf(lifetime: Lifetime): Ledger {
    const { record, onRecorded } = this.#options;
    let isBroken = false;
    const write = async (append: () => Promise<readonly LedgerEntry[]>): Promise<readonly LedgerEntry[]> => {
      if (!lifetime.survives('write')) return never();
      const state = this.#state();
      if (isBroken || state === 'diskRefuses') {
        isBroken = true;
        throw new DiskError('no space is left on the device');
      }
      const entries = await append();
      onRecorded(entries);
      if (!lifetime.survives('acknowledge')) return never();
      if (state === 'works') return entries;
      isBroken = true;
      throw new DiskError('the write could not be synced');
    };
    return {
      append: (cycle) => write(() => record.append(cycle)),
      appendConfig: (body) => write(() => record.appendConfig(body)),
      recover: async () => {
        if (this.#state() !== 'works') throw new DiskError('the disk still refuses');
        await record.recover();
        isBroken = false;
      },
      head: () => record.head(),
      standing: () => record.standing(),
      entriesAfter: (seq, limit) => record.entriesAfter(seq, limit),
      configs: (limit) => record.configs(limit),
      decisions: (filter) => record.decisions(filter),
      signals: (filter) => record.signals(filter),
      signal: (id) => record.signal(id),
      outcomes: (filter) => record.outcomes(filter),
      decisionAt: (instrumentId, atMs) => record.decisionAt(instrumentId, atMs),
      verify: (options) => record.verify(options),
      close: () => record.close(),
    };
  }

  memoryOf(lifetime: Lifetime): GatewayMemory {
    return {
      load: () => (this.#memories === null ? { kind: 'none' } : { kind: 'found', memories: this.#memories }),
      save: (memories) => {
        // Whoever dies here hears of nothing any more.
        if (!lifetime.survives('save')) return null;
        const state = this.#state();
        if (state !== 'diskRefuses') this.#memories = memories;
        return state === 'works' ? null : 'no space is left on the device';
      },
    };
  }

  #state(): ReturnType<typeof diskAt> {
    return diskAt(this.#options.faults, this.#options.world.nowMs());
  }
}
