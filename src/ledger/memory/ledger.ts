import {
  type ConfigBody,
  type ConfigRow,
  type CycleRecord,
  type DecisionFilter,
  type DecisionRow,
  type Head,
  type Ledger,
  type LedgerEntry,
  LedgerError,
  type OutcomeFilter,
  type OutcomeRow,
  type SignalFilter,
  type SignalRow,
  type Standing,
  type VerifyOptions,
  type VerifyReport,
} from '../../core/ledger.ts';
import { type Batch, configBatch, cycleBatch, type WriteRow } from '../batch.ts';
import type { EntryRow } from '../chain.ts';
import { assertPageLimit } from '../page.ts';
import { emptyTip, isNewestConfig, settle } from '../tip.ts';
import { verifyRows } from '../verify.ts';
import { decisionList } from './decisions.ts';
import { newestFirst } from './newest.ts';
import { signalList } from './signals.ts';
import { loaded, loadedEntry, type StoredRow, stored } from './stored-row.ts';

/** A record that lives and dies with the process: for tests and the simulator. Same chain, same rules. */
export function createMemoryLedger(): Ledger {
  return new MemoryLedger();
}

class MemoryLedger implements Ledger {
  readonly #tip = emptyTip();
  readonly #rows: StoredRow[] = [];
  readonly #decisions = decisionList();
  readonly #signals = signalList();
  #closed = false;

  async append(record: CycleRecord): Promise<readonly LedgerEntry[]> {
    return this.#commit((write) => cycleBatch(this.#tip, record, write));
  }

  async appendConfig(body: ConfigBody): Promise<readonly LedgerEntry[]> {
    return isNewestConfig(this.#tip, body)
      ? []
      : this.#commit((write) => configBatch(this.#tip, body, write));
  }

  async recover(): Promise<void> {
    if (this.#closed) throw new LedgerError('the ledger takes no more entries: it is closed');
  }

  async head(): Promise<Head | null> {
    return this.#tip.head;
  }

  async standing(): Promise<Standing | null> {
    const { cycle, slotAtMs, openSignals, unscored } = this.#tip;
    if (cycle === 0) return null;
    return {
      cycle,
      slotAtMs,
      decisions: this.#decisions.standing(),
      openSignals: [...openSignals.values()],
      unscored: [...unscored.keys()].flatMap((id) => this.#signals.byId(id) ?? []),
    };
  }

  async entriesAfter(seq: number, limit: number): Promise<readonly LedgerEntry[]> {
    assertPageLimit(limit);
    return this.#rows.slice(seq, seq + limit).map(loadedEntry);
  }

  async configs(limit: number): Promise<readonly ConfigRow[]> {
    assertPageLimit(limit);
    return newestFirst(this.#rows, limit, ({ type }) => type === 'config')
      .map(loadedEntry)
      .flatMap((entry) => (entry.type === 'config' ? [{ seq: entry.seq, body: entry.body }] : []));
  }

  async decisions(filter: DecisionFilter): Promise<readonly DecisionRow[]> {
    assertPageLimit(filter.limit);
    return this.#decisions.find(filter);
  }

  async signals(filter: SignalFilter): Promise<readonly SignalRow[]> {
    assertPageLimit(filter.limit);
    return this.#signals.find(filter);
  }

  async signal(id: string): Promise<SignalRow | null> {
    return this.#signals.byId(id);
  }

  async outcomes(filter: OutcomeFilter): Promise<readonly OutcomeRow[]> {
    assertPageLimit(filter.limit);
    return this.#signals.outcomes(filter);
  }

  async decisionAt(instrumentId: string, atMs: number): Promise<DecisionRow | null> {
    return this.#decisions.find({ instrumentId, toMs: atMs, limit: 1 })[0] ?? null;
  }

  async verify(options: VerifyOptions): Promise<VerifyReport> {
    return verifyRows(this.#loaded(), this.#rows.length, options);
  }

  async close(): Promise<void> {
    this.#closed = true;
  }

  *#loaded(): Generator<EntryRow> {
    for (const row of this.#rows) yield loaded(row);
  }

  #commit(fill: (write: WriteRow) => Batch): readonly LedgerEntry[] {
    if (this.#closed) throw new LedgerError('the ledger takes no more entries: it is closed');
    const rows: StoredRow[] = [];
    const batch = fill((row) => rows.push(stored(row)));
    if (batch.kind === 'refused') throw new LedgerError(`the record was refused: ${batch.detail}`);
    const { entries, draft } = batch;
    for (const [index, row] of rows.entries()) {
      const entry = entries[index];
      this.#rows.push(row);
      if (entry?.type === 'decision') this.#decisions.add(row, entry.body);
      if (entry?.type === 'signal') this.#signals.add(entry.seq, entry.body);
      if (entry?.type === 'outcome') this.#signals.score(entry.seq, entry.body);
    }
    const last = entries.at(-1);
    if (last !== undefined) settle(this.#tip, draft, last);
    return entries;
  }
}
