import type Database from 'better-sqlite3';
import { Kysely, SqliteDialect, sql } from 'kysely';
import { type Migration, Migrator } from 'kysely/migration';
import { LedgerError } from '../../core/ledger.ts';

/**
 * One table, appended to and never changed. Columns beside `body` repeat parts of it for the queries. Entries of a cycle
 * end with its cycle row, so a time range becomes a seq range through `cycles_by_time`. Each statement can be repeated:
 * SQLite migrations are not one transaction, and a kill between two of them must not block the next start.
 */
const APPEND_ONLY_ENTRIES = [
  `CREATE TABLE IF NOT EXISTS entries (
     seq INTEGER PRIMARY KEY,
     type TEXT NOT NULL,
     cycle INTEGER NOT NULL,
     at_ms INTEGER NOT NULL,
     instrument_id TEXT,
     kind TEXT,
     side TEXT,
     signal_id TEXT,
     body TEXT NOT NULL,
     prev_hash TEXT NOT NULL,
     hash TEXT NOT NULL
   ) STRICT`,

  `CREATE INDEX IF NOT EXISTS configs_by_seq ON entries (seq) WHERE type = 'config'`,
  `CREATE INDEX IF NOT EXISTS cycles_by_time ON entries (at_ms) WHERE type = 'cycle'`,

  `CREATE INDEX IF NOT EXISTS decisions_by_seq ON entries (seq) WHERE type = 'decision'`,
  `CREATE INDEX IF NOT EXISTS decisions_by_kind ON entries (kind, seq) WHERE type = 'decision'`,
  `CREATE INDEX IF NOT EXISTS decisions_by_instrument ON entries (instrument_id, seq, kind) WHERE type = 'decision'`,
  `CREATE INDEX IF NOT EXISTS decisions_by_instrument_and_kind ON entries (instrument_id, kind, seq)
     WHERE type = 'decision'`,

  // Unique: a signal is opened once and ends once, whatever happens above the store.
  `CREATE UNIQUE INDEX IF NOT EXISTS signals_by_id ON entries (signal_id, kind) WHERE type = 'signal'`,
  `CREATE INDEX IF NOT EXISTS signals_by_seq ON entries (kind, seq, signal_id) WHERE type = 'signal'`,
  `CREATE INDEX IF NOT EXISTS signals_by_side ON entries (kind, side, seq, signal_id) WHERE type = 'signal'`,
  `CREATE INDEX IF NOT EXISTS signals_by_instrument ON entries (instrument_id, kind, seq, side, signal_id)
     WHERE type = 'signal'`,

  `CREATE TRIGGER IF NOT EXISTS entries_have_no_gaps BEFORE INSERT ON entries
     WHEN NEW.seq <> coalesce((SELECT max(seq) FROM entries), 0) + 1
     BEGIN SELECT RAISE(ABORT, 'the ledger appends in order: seq is not the next one'); END`,
  `CREATE TRIGGER IF NOT EXISTS entries_are_never_updated BEFORE UPDATE ON entries
     BEGIN SELECT RAISE(ABORT, 'the ledger only appends: no row is ever updated'); END`,
  `CREATE TRIGGER IF NOT EXISTS entries_are_never_deleted BEFORE DELETE ON entries
     BEGIN SELECT RAISE(ABORT, 'the ledger only appends: no row is ever deleted'); END`,
];

/** Unique: a signal has one outcome. The columns behind `seq` narrow a page without reading its rows. */
const OUTCOMES = [
  `CREATE UNIQUE INDEX IF NOT EXISTS outcomes_by_signal ON entries (signal_id) WHERE type = 'outcome'`,
  `CREATE INDEX IF NOT EXISTS outcomes_by_seq ON entries (seq, kind, side, signal_id) WHERE type = 'outcome'`,
  `CREATE INDEX IF NOT EXISTS outcomes_by_instrument ON entries (instrument_id, seq, kind, side, signal_id)
     WHERE type = 'outcome'`,
];

const MIGRATIONS: Readonly<Record<string, Migration>> = {
  '0001-append-only-entries': {
    async up(db) {
      for (const statement of APPEND_ONLY_ENTRIES) await sql.raw(statement).execute(db);
    },
  },
  '0002-outcomes': {
    async up(db) {
      for (const statement of OUTCOMES) await sql.raw(statement).execute(db);
    },
  },
};

/**
 * Brings an older database up to date; closes the connection it is given. Rejects with LedgerError when a newer Sextant
 * has written the file.
 */
export async function migrate(database: Database.Database): Promise<void> {
  const kysely = new Kysely<unknown>({ dialect: new SqliteDialect({ database }) });
  try {
    assertNotNewer(database);
    const provider = { getMigrations: async () => ({ ...MIGRATIONS }) };
    const { error } = await new Migrator({ db: kysely, provider }).migrateToLatest();
    if (error !== undefined) throw error;
  } finally {
    await kysely.destroy();
  }
}

/** For a reader, which changes nothing. Throws LedgerError unless the file has exactly the tables of this version. */
export function assertCurrent(database: Database.Database): void {
  assertNotNewer(database);
  const applied = new Set(appliedMigrations(database));
  const missing = Object.keys(MIGRATIONS).find((name) => !applied.has(name));
  if (missing === undefined) return;
  throw new LedgerError(
    `${database.name} lacks migration ${missing}: start the service once to bring it up to date`,
  );
}

function assertNotNewer(database: Database.Database): void {
  const unknown = appliedMigrations(database).find((name) => !Object.hasOwn(MIGRATIONS, name));
  if (unknown === undefined) return;
  throw new LedgerError(
    `${database.name} was written by a newer Sextant (migration ${unknown}): upgrade Sextant or name another ledger.path`,
  );
}

function appliedMigrations(database: Database.Database): string[] {
  const tables = `SELECT name FROM sqlite_schema WHERE type = 'table' AND name = 'kysely_migration'`;
  if (database.prepare(tables).get() === undefined) return [];
  return database.prepare<[], string>('SELECT name FROM kysely_migration ORDER BY name').pluck().all();
}
