import type { CycleRecord, Head, Ledger, LedgerEntry } from '../core/ledger.ts';
import {
  type CycleCounts,
  type CycleDifference,
  compareCycles,
  countsOf,
  type RecordedCycle,
} from './compare-cycles.ts';

type Against = Pick<Ledger, 'entriesAfter'>;

/** The record beside the replay, cycle by cycle. */
export class Comparison {
  readonly #against: Against;
  #recorded: AsyncGenerator<RecordedCycle> | null = null;
  #cycles = 0;
  #same: CycleCounts = { decisions: 0, signals: 0, outcomes: 0 };

  constructor(against: Against) {
    this.#against = against;
  }

  /** Where the record stood when the tape began. */
  beginAfter(head: Head | null): void {
    this.#recorded ??= recordedCycles(this.#against, head);
  }

  async next(replayed: CycleRecord | null): Promise<CycleDifference | null> {
    const recorded = await this.#after(replayed?.cycle ?? 0);
    if (recorded === undefined) {
      if (replayed === null) return null;
      const { cycle, slotAtMs } = replayed;
      return {
        cycle,
        slotAtMs,
        what: 'the cycle',
        how: ['on the tape, but not on record: is it the record of this run?'],
      };
    }
    const { cycle, slotAtMs } = recorded;
    const difference =
      replayed === null
        ? { cycle, slotAtMs, what: 'the cycle', how: ['recorded, but not replayed'] }
        : compareCycles(recorded, replayed);
    if (difference === null) this.#count(recorded);
    return difference;
  }

  /** The next on record. One that was refused and turned out to be on record is none that the tape has. */
  async #after(cycle: number): Promise<RecordedCycle | undefined> {
    for (;;) {
      const next = await this.#recorded?.next();
      const recorded = next?.value as RecordedCycle | undefined;
      if (recorded === undefined || recorded.cycle >= cycle) return recorded;
    }
  }

  counts(): { readonly cycles: number; readonly same: CycleCounts } {
    return { cycles: this.#cycles, same: this.#same };
  }

  #count(recorded: RecordedCycle): void {
    const { decisions, signals, outcomes } = countsOf(recorded);
    this.#cycles += 1;
    this.#same = {
      decisions: this.#same.decisions + decisions,
      signals: this.#same.signals + signals,
      outcomes: this.#same.outcomes + outcomes,
    };
  }
}

/** Rows read at once. */
const ROWS = 500;

/** The cycles on record after a head, oldest first. Throws RangeError where the record has another row there. */
async function* recordedCycles(ledger: Against, head: Head | null): AsyncGenerator<RecordedCycle> {
  let seq = head?.seq ?? 0;
  if (head !== null) {
    const [at] = await ledger.entriesAfter(seq - 1, 1);
    if (at?.hash !== head.hash)
      throw new RangeError(`row ${seq} of the record is not the one that the tape begins after`);
  }
  let entries: LedgerEntry[] = [];
  for (;;) {
    const rows = await ledger.entriesAfter(seq, ROWS);
    if (rows.length === 0) return;
    for (const row of rows) {
      if (row.type === 'cycle') {
        yield { cycle: row.cycle, slotAtMs: row.atMs, entries };
        entries = [];
      } else if (row.type !== 'config') entries.push(row);
    }
    seq = rows.at(-1)?.seq ?? seq;
  }
}
