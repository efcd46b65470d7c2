import { existsSync } from 'node:fs';
import Database from 'better-sqlite3';
import type { Decision } from '../../core/decision.ts';
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
import { assertPageLimit } from '../page.ts';
import { emptyTip, isNewestConfig, settle, type Tip } from '../tip.ts';
import { verifyRows } from '../verify.ts';
import { decisionQueries } from './decisions.ts';
import { entryStatements } from './entries.ts';
import { connectReader, connectWriter, createFile, holdWriterLock, isBusy, proveWritable } from './file.ts';
import { damageBesideRows } from './integrity.ts';
import { outcomeQueries } from './outcomes.ts';
import { assertCurrent, migrate } from './schema.ts';
import { signalQueries } from './signals.ts';

export type SqliteLedgerOptions = {
  /** The database file; SQLite keeps `-wal` and `-shm` beside it, and a writer `.lock`. */
  readonly path: string;
  /** One process at a time may write; any number may read meanwhile. */
  readonly mode: 'readWrite' | 'readOnly';
  /** What is written can be made again: cycles are committed some at a time, and nobody waits for the disk. */
  readonly isRepeatable?: boolean;
};

/**
 * Opens a record in an SQLite file; a writer makes the file where there is none. Rejects with LedgerError where it
 * cannot be used: held by another writer, missing (for a reader), written by a newer Sextant, damaged, no permission.
 */
export async function openSqliteLedger({
  path,
  mode,
  isRepeatable = false,
}: SqliteLedgerOptions): Promise<Ledger> {
  const opened: Database.Database[] = [];
  try {
    if (mode === 'readOnly') {
      const database = connectReader(path);
      opened.push(database);
      assertCurrent(database);
      return new SqliteLedger(database, null);
    }
    createFile(path);
    const lock = holdWriterLock(path);
    opened.push(lock);
    await migrate(connectWriter(path));
    const database = connectWriter(path);
    opened.push(database);
    if (isRepeatable) database.pragma('synchronous = OFF');
    return new SqliteLedger(database, lock, isRepeatable ? ROWS_TOGETHER : 1);
  } catch (error) {
    for (const database of opened) database.close();
    throw storeError(`cannot open the ledger ${path}`, error);
  }
}

/** Of a record that can be made again: so many rows are one commit. */
const ROWS_TOGETHER = 4_000;

class SqliteLedger implements Ledger {
  readonly #lock: Database.Database | null;
  #database: Database.Database;
  #entries: ReturnType<typeof entryStatements>;
  #decisions: ReturnType<typeof decisionQueries>;
  #signals: ReturnType<typeof signalQueries>;
  #outcomes: ReturnType<typeof outcomeQueries>;
  /** Null where this is a reader. */
  #tip: Tip | null;
  /** Why nothing may be appended until the file was opened anew. */
  #broken: string | null = null;
  #closed = false;
  readonly #rowsPerCommit: number;
  #uncommitted = 0;

  constructor(database: Database.Database, lock: Database.Database | null, rowsPerCommit = 1) {
    this.#lock = lock;
    this.#rowsPerCommit = rowsPerCommit;
    this.#database = database;
    this.#entries = entryStatements(database);
    this.#decisions = decisionQueries(database, this.#entries);
    this.#signals = signalQueries(database, this.#entries);
    this.#outcomes = outcomeQueries(database, this.#entries);
    this.#tip = lock === null ? null : this.#loadTip();
  }

  async append(record: CycleRecord): Promise<readonly LedgerEntry[]> {
    const tip = this.#writable();
    return this.#commit(tip, (write) => cycleBatch(tip, record, write));
  }

  async appendConfig(body: ConfigBody): Promise<readonly LedgerEntry[]> {
    const tip = this.#writable();
    return isNewestConfig(tip, body) ? [] : this.#commit(tip, (write) => configBatch(tip, body, write));
  }

  async recover(): Promise<void> {
    if (this.#closed) throw new LedgerError(`${this.#database.name} takes no more entries: it is closed`);
    if (this.#broken === null) return;
    const path = this.#database.name;
    const acknowledged = this.#tip?.head ?? null;
    let anew: Database.Database | null = null;
    try {
      if (!existsSync(path)) throw new LedgerError('the file is gone');
      anew = connectWriter(path);
      assertCurrent(anew);
      proveWritable(anew);
      const entries = entryStatements(anew);
      if (acknowledged !== null && entries.after(acknowledged.seq - 1, 1)[0]?.hash !== acknowledged.hash)
        throw new LedgerError(`entry ${acknowledged.seq} was acknowledged and is not in it any more`);
      this.#reopened(anew, entries);
    } catch (error) {
      anew?.close();
      throw storeError(`cannot reopen the ledger ${path} after ${this.#broken}`, error);
    }
  }

  async head(): Promise<Head | null> {
    return this.#read(() => this.#entries.head());
  }

  async standing(): Promise<Standing | null> {
    return this.#read(() =>
      this.#database.transaction((): Standing | null => {
        const newest = this.#entries.newestCycle();
        if (newest === null) return null;
        const decisions = this.#decisions.standing().map((d): [string, Decision] => [d.instrumentId, d]);
        return {
          ...newest,
          decisions: new Map(decisions),
          openSignals: this.#signals.open(),
          unscored: this.#signals.unscored(),
        };
      })(),
    );
  }

  async entriesAfter(seq: number, limit: number): Promise<readonly LedgerEntry[]> {
    assertPageLimit(limit);
    return this.#read(() => this.#entries.after(seq, limit));
  }

  async configs(limit: number): Promise<readonly ConfigRow[]> {
    assertPageLimit(limit);
    return this.#read(() =>
      this.#entries
        .newestConfigs(limit)
        .map(({ seq, body }) => ({ seq, body: JSON.parse(body) as ConfigBody })),
    );
  }

  async decisions(filter: DecisionFilter): Promise<readonly DecisionRow[]> {
    assertPageLimit(filter.limit);
    return this.#read(() => this.#decisions.find(filter));
  }

  async signals(filter: SignalFilter): Promise<readonly SignalRow[]> {
    assertPageLimit(filter.limit);
    return this.#read(() => this.#signals.find(filter));
  }

  async signal(id: string): Promise<SignalRow | null> {
    return this.#read(() => this.#signals.byId(id));
  }

  async outcomes(filter: OutcomeFilter): Promise<readonly OutcomeRow[]> {
    assertPageLimit(filter.limit);
    return this.#read(() => this.#outcomes.find(filter));
  }

  async decisionAt(instrumentId: string, atMs: number): Promise<DecisionRow | null> {
    return this.#read(() => this.#decisions.find({ instrumentId, toMs: atMs, limit: 1 })[0] ?? null);
  }

  async verify(options: VerifyOptions): Promise<VerifyReport> {
    return this.#read(() => {
      const lastSeq = this.#entries.head()?.seq ?? 0;
      const report = verifyRows(this.#entries.rowsUpTo(lastSeq), lastSeq, options);
      return report.fault === null ? { ...report, fault: damageBesideRows(this.#database) } : report;
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    if (this.#database.inTransaction) this.#database.exec('COMMIT');
    this.#database.close();
    this.#lock?.close();
  }

  #reopened(database: Database.Database, entries: ReturnType<typeof entryStatements>): void {
    const old = this.#database;
    this.#database = database;
    this.#entries = entries;
    this.#decisions = decisionQueries(database, entries);
    this.#signals = signalQueries(database, entries);
    this.#outcomes = outcomeQueries(database, entries);
    this.#tip = this.#loadTip();
    this.#broken = null;
    old.close();
  }

  #loadTip(): Tip {
    const tip = emptyTip({ has: (id) => this.#signals.hasEnded(id), add: () => {} });
    const config = this.#entries.newestConfigBody();
    const newest = this.#entries.newestCycle();
    tip.head = this.#entries.head();
    tip.config = config === null ? null : (JSON.parse(config) as ConfigBody);
    tip.cycle = newest?.cycle ?? 0;
    tip.slotAtMs = newest?.slotAtMs ?? 0;
    for (const { instrumentId, seq, kind } of this.#decisions.standpoints()) {
      tip.standing.set(instrumentId, { seq, kind });
    }
    for (const signal of this.#signals.open()) tip.openSignals.set(signal.id, signal);
    for (const { signal } of this.#signals.unscored()) tip.unscored.set(signal.id, signal);
    return tip;
  }

  #writable(): Tip {
    if (this.#tip === null) throw new LedgerError(`${this.#database.name} is open for reading only`);
    const why = this.#closed ? 'it is closed' : this.#broken;
    if (why === null) return this.#tip;
    throw new LedgerError(`${this.#database.name} takes no more entries: ${why}`);
  }

  #commit(tip: Tip, fill: (write: WriteRow) => Batch): readonly LedgerEntry[] {
    const { entries, draft } = this.#append(fill);
    const last = entries.at(-1);
    if (last !== undefined) settle(tip, draft, last);
    return entries;
  }

  #append(fill: (write: WriteRow) => Batch): Extract<Batch, { kind: 'ready' }> {
    const isTogether = this.#rowsPerCommit > 1;
    try {
      if (isTogether && !this.#database.inTransaction) this.#database.exec('BEGIN IMMEDIATE');
      const batch = this.#entries.append((write) => accepted(fill(write)));
      this.#uncommitted += batch.entries.length;
      if (this.#uncommitted < this.#rowsPerCommit) return batch;
      this.#uncommitted = 0;
      if (isTogether) this.#database.exec('COMMIT');
      return batch;
    } catch (error) {
      if (!(error instanceof Database.SqliteError)) throw error;
      // After a failed write or fsync nobody knows what the disk holds: only opening it anew finds out.
      if (!isBusy(error)) this.#broken = `an earlier write failed (${error.message})`;
      throw storeError(`cannot append to ${this.#database.name}`, error);
    }
  }

  #read<T>(query: () => T): T {
    try {
      return query();
    } catch (error) {
      throw storeError(`cannot read ${this.#database.name}`, error);
    }
  }
}

/** Thrown where it was refused, so that the transaction takes back what was written of it. */
function accepted(batch: Batch): Extract<Batch, { kind: 'ready' }> {
  if (batch.kind === 'refused') throw new LedgerError(`the record was refused: ${batch.detail}`);
  return batch;
}

function storeError(doing: string, error: unknown): LedgerError {
  if (error instanceof LedgerError) return error;
  return new LedgerError(`${doing}: ${(error as Error).message}`, { cause: error });
}
