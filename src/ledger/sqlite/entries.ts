import type Database from 'better-sqlite3';
import type { Head, LedgerEntry } from '../../core/ledger.ts';
import type { WriteRow } from '../batch.ts';
import { type EntryRow, entryOf } from '../chain.ts';

const COLUMNS = `seq, type, cycle, at_ms AS atMs, instrument_id AS instrumentId, kind, side, signal_id AS signalId,
  body, prev_hash AS prevHash, hash`;

/** Every statement over whole entries, whatever their type. */
export const ENTRY_SQL = {
  insert: `INSERT INTO entries
    (seq, type, cycle, at_ms, instrument_id, kind, side, signal_id, body, prev_hash, hash)
    VALUES (@seq, @type, @cycle, @atMs, @instrumentId, @kind, @side, @signalId, @body, @prevHash, @hash)`,

  head: `SELECT seq, hash FROM entries WHERE seq = (SELECT max(seq) FROM entries)`,

  range: `SELECT ${COLUMNS} FROM entries WHERE seq > @afterSeq AND seq <= @lastSeq ORDER BY seq LIMIT @limit`,

  newestConfig: `SELECT body FROM entries WHERE seq = (SELECT max(seq) FROM entries WHERE type = 'config')`,

  newestConfigs: `SELECT seq, body FROM entries WHERE type = 'config' AND seq > 0
    ORDER BY seq DESC LIMIT @limit`,

  newestCycle: `SELECT cycle, at_ms AS slotAtMs FROM entries
    WHERE type = 'cycle' AND at_ms = (SELECT max(at_ms) FROM entries WHERE type = 'cycle')`,

  /** The last seq of all cycles up to a moment. */
  lastSeqUpTo: `SELECT seq FROM entries WHERE type = 'cycle' AND at_ms <= @atMs ORDER BY at_ms DESC LIMIT 1`,
} as const;

/** Rows read at once while verifying: enough to be quick, few enough to hold no reader open for long. */
const ROWS_AT_ONCE = 1_000;

export type EntryStatements = ReturnType<typeof entryStatements>;

export function entryStatements(database: Database.Database) {
  const insert = database.prepare<[EntryRow]>(ENTRY_SQL.insert);
  const head = database.prepare<[], Head>(ENTRY_SQL.head);
  const range = database.prepare<[{ afterSeq: number; lastSeq: number; limit: number }], EntryRow>(
    ENTRY_SQL.range,
  );
  const newestConfig = database.prepare<[], string>(ENTRY_SQL.newestConfig).pluck();
  const newestConfigs = database.prepare<[{ limit: number }], { seq: number; body: string }>(
    ENTRY_SQL.newestConfigs,
  );
  const newestCycle = database.prepare<[], { cycle: number; slotAtMs: number }>(ENTRY_SQL.newestCycle);
  const lastSeqUpTo = database.prepare<[{ atMs: number }], number>(ENTRY_SQL.lastSeqUpTo).pluck();
  const write = (row: EntryRow): void => {
    insert.run(row);
  };

  function nextRows(afterSeq: number, lastSeq: number): EntryRow[] {
    try {
      return range.all({ afterSeq, lastSeq, limit: ROWS_AT_ONCE });
    } catch {
      // Something among them is damaged: row by row, so that those before it are still read.
      return range.all({ afterSeq, lastSeq, limit: 1 });
    }
  }

  return {
    /** One transaction: what `fill` wrote is taken back where it throws. */
    append: <T>(fill: (write: WriteRow) => T): T => database.transaction(() => fill(write)).immediate(),
    head: (): Head | null => head.get() ?? null,
    newestConfigBody: (): string | null => newestConfig.get() ?? null,
    newestConfigs: (limit: number) => newestConfigs.all({ limit }),
    newestCycle: () => newestCycle.get() ?? null,

    after: (seq: number, limit: number): LedgerEntry[] =>
      range.all({ afterSeq: seq, lastSeq: Number.MAX_SAFE_INTEGER, limit }).map(entryOf),

    *rowsUpTo(lastSeq: number): Generator<EntryRow> {
      let afterSeq = 0;
      while (afterSeq < lastSeq) {
        const rows = nextRows(afterSeq, lastSeq);
        yield* rows;
        afterSeq = rows.at(-1)?.seq ?? lastSeq;
      }
    },

    /** The entries of all cycles with a slot in [fromMs, toMs], as seqs `afterSeq < seq <= lastSeq`. */
    seqsBetween({ fromMs, toMs }: { fromMs?: number; toMs?: number }) {
      return {
        afterSeq: fromMs === undefined ? 0 : (lastSeqUpTo.get({ atMs: fromMs - 1 }) ?? 0),
        lastSeq: toMs === undefined ? Number.MAX_SAFE_INTEGER : (lastSeqUpTo.get({ atMs: toMs }) ?? 0),
      };
    },
  };
}
