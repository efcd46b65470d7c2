import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Ledger, LedgerError } from '../../core/ledger.ts';
import { outcomesRecord, sampleRecord, sampleRecords } from '../sample.testing.ts';
import { connectWriter } from './file.ts';
import { openSqliteLedger } from './ledger.ts';
import { migrate } from './schema.ts';

const SYNCHRONOUS_FULL = 2;

let folder: string;
let path: string;
let open: Ledger[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sextant-file-'));
  path = join(folder, 'deep', 'er', 'ledger.db');
  open = [];
});
afterEach(async () => {
  for (const ledger of open) await ledger.close();
  rmSync(folder, { recursive: true });
});

async function opened(mode: 'readWrite' | 'readOnly'): Promise<Ledger> {
  const ledger = await openSqliteLedger({ path, mode });
  open.push(ledger);
  return ledger;
}

async function filled(): Promise<Ledger> {
  const ledger = await opened('readWrite');
  for (const record of sampleRecords()) await ledger.append(record);
  return ledger;
}

/** Does something to the database file that Sextant itself never does. */
function meddle(sql: string): void {
  const database = new Database(path);
  database.exec(sql);
  database.close();
}

const modeOf = (file: string) => (statSync(file).mode & 0o777).toString(8);

describe('the file', () => {
  test('it, what lies beside it and its folder are for the owner alone', async () => {
    await filled();
    for (const file of [path, `${path}-wal`, `${path}-shm`, `${path}.lock`]) expect(modeOf(file)).toBe('600');
    expect(modeOf(join(folder, 'deep', 'er'))).toBe('700');
    expect(modeOf(join(folder, 'deep'))).toBe('700');
  });

  test('each commit waits for the disk', async () => {
    await (await filled()).close();
    const database = connectWriter(path);
    const pragmas = ['journal_mode', 'synchronous'].map((name) => database.pragma(name, { simple: true }));
    database.close();
    expect(pragmas).toEqual(['wal', SYNCHRONOUS_FULL]);
  });

  test.each([
    {
      what: 'a folder that cannot be made',
      prepare: () => writeFileSync(join(folder, 'deep'), ''),
      says: /EEXIST|ENOTDIR/,
    },
    {
      what: 'a file that is no database',
      prepare: () => {
        mkdirSync(join(folder, 'deep', 'er'), { recursive: true });
        writeFileSync(path, 'not a database, but long enough to be looked at as if it were one'.repeat(20));
      },
      says: /file is not a database/,
    },
  ])('$what is refused by name', async ({ prepare, says }) => {
    prepare();
    const opening = openSqliteLedger({ path, mode: 'readWrite' });
    await expect(opening).rejects.toBeInstanceOf(LedgerError);
    await expect(opening).rejects.toThrow(says);
    await expect(opening).rejects.toThrow(path);
  });
});

describe('migrations', () => {
  test('an empty older database is brought up to date', async () => {
    mkdirSync(join(folder, 'deep', 'er'), { recursive: true });
    meddle('CREATE TABLE entries (seq INTEGER PRIMARY KEY); DROP TABLE entries');
    expect((await (await filled()).head())?.seq).toBe(17);
  });

  test('one that was cut off half way is finished', async () => {
    await (await opened('readWrite')).close();
    meddle(
      'DROP TRIGGER entries_are_never_deleted; DROP INDEX signals_by_side; DELETE FROM kysely_migration',
    );
    await (await filled()).close();
    expect(() => meddle('DELETE FROM entries')).toThrow(/no row is ever deleted/);
  });

  test('a record without outcomes takes them', async () => {
    await (await filled()).close();
    meddle(
      `DROP INDEX outcomes_by_signal; DROP INDEX outcomes_by_seq; DROP INDEX outcomes_by_instrument;
       DELETE FROM kysely_migration WHERE name = '0002-outcomes'`,
    );
    await expect(openSqliteLedger({ path, mode: 'readOnly' })).rejects.toThrow(
      /lacks migration 0002-outcomes/,
    );
    const ledger = await opened('readWrite');
    await ledger.append(outcomesRecord());
    expect(await ledger.outcomes({ limit: 10 })).toHaveLength(2);
  });

  test.each(['readWrite', 'readOnly'] as const)('a newer database is refused, %s', async (mode) => {
    await (await filled()).close();
    meddle(`INSERT INTO kysely_migration VALUES ('0999-later', '2031-01-01T00:00:00.000Z')`);
    const opening = openSqliteLedger({ path, mode });
    await expect(opening).rejects.toBeInstanceOf(LedgerError);
    await expect(opening).rejects.toThrow(/newer Sextant \(migration 0999-later\): upgrade Sextant/);
  });

  test('a reader asks for the service to be started where a migration is missing', async () => {
    mkdirSync(join(folder, 'deep', 'er'), { recursive: true });
    meddle('CREATE TABLE something (x)');
    await expect(openSqliteLedger({ path, mode: 'readOnly' })).rejects.toThrow(/lacks migration 0001.*start/);
  });
});

describe('several openers', () => {
  test('a second writer is refused, and let in once the first has closed', async () => {
    const first = await filled();
    const second = openSqliteLedger({ path, mode: 'readWrite' });
    await expect(second).rejects.toBeInstanceOf(LedgerError);
    await expect(second).rejects.toThrow(/is being written by another Sextant/);
    await first.append(sampleRecord(8, ['AAPL'], {}));

    await first.close();
    expect((await (await opened('readWrite')).head())?.seq).toBe(18);
  });

  test('a reader sees what a writer appends meanwhile, and verifies it', async () => {
    const writer = await filled();
    const reader = await opened('readOnly');
    expect((await reader.head())?.seq).toBe(17);
    await writer.append(sampleRecord(8, ['AAPL'], {}));
    expect(await reader.head()).toEqual(await writer.head());
    expect(await reader.verify({ checkDecision: () => null })).toMatchObject({ entries: 18, fault: null });
  });

  test('what is appended while a reader verifies is left for the next time', async () => {
    const writer = await filled();
    const reader = await opened('readOnly');
    const appending: Promise<unknown>[] = [];
    const checkDecision = () => {
      if (appending.length === 0) appending.push(writer.append(sampleRecord(8, ['AAPL'], { AAPL: 'BUY' })));
      return null;
    };
    expect(await reader.verify({ checkDecision })).toMatchObject({ entries: 17, fault: null });
    await Promise.all(appending);
    expect((await reader.head())?.seq).toBe(19);
  });

  test('a reader writes nothing', async () => {
    await filled();
    const reader = await opened('readOnly');
    await expect(reader.append(sampleRecord(8, ['AAPL'], {}))).rejects.toThrow(/open for reading only/);
    await expect(
      reader.appendConfig({ version: 'x', atMs: 1, label: { kind: 'LIVE' }, config: {} }),
    ).rejects.toThrow(LedgerError);
  });

  test('a reader of a record that is not there is told so and makes no file', async () => {
    await expect(openSqliteLedger({ path, mode: 'readOnly' })).rejects.toThrow(
      /there is no ledger at .*ledger\.db/,
    );
    expect(() => statSync(path)).toThrow(/ENOENT/);
  });

  test('a long reader does not hold up the writer', async () => {
    const writer = await filled();
    const reader = new Database(path, { readonly: true });
    const rows = reader.prepare('SELECT * FROM entries').iterate();
    rows.next();
    await writer.append(sampleRecord(8, ['AAPL'], {}));
    expect((await writer.head())?.seq).toBe(18);
    rows.return?.();
    reader.close();
  });
});

describe('a failing write', () => {
  const next = sampleRecord(8, ['AAPL', 'TSLA'], { AAPL: 'BUY' });
  /** Fails in mid-transaction: the decision of the record is written, its cycle row is not. */
  const FAULT = `CREATE TRIGGER fault BEFORE INSERT ON entries WHEN NEW.type = 'cycle'
    BEGIN SELECT RAISE(ABORT, 'disk I/O error'); END`;

  async function broken(): Promise<Ledger> {
    const ledger = await filled();
    meddle(FAULT);
    const appending = ledger.append(next);
    await expect(appending).rejects.toBeInstanceOf(LedgerError);
    await expect(appending).rejects.toThrow(/cannot append .*disk I\/O error/);
    meddle('DROP TRIGGER fault');
    return ledger;
  }

  test('nothing of the record stays, and nothing more is taken until it has recovered', async () => {
    const ledger = await broken();
    expect((await ledger.head())?.seq).toBe(17);
    await expect(ledger.append(next)).rejects.toThrow(/takes no more entries: an earlier write failed/);
    await expect(
      ledger.appendConfig({ version: 'x', atMs: 1, label: { kind: 'LIVE' }, config: {} }),
    ).rejects.toThrow(LedgerError);
  });

  test('reading goes on', async () => {
    const ledger = await broken();
    expect((await ledger.standing())?.cycle).toBe(7);
    expect(await ledger.decisions({ limit: 2 })).toHaveLength(2);
    expect((await ledger.verify({ checkDecision: () => null })).fault).toBeNull();
  });

  test('it recovers once the store takes writes again, and goes on where it was', async () => {
    const ledger = await broken();
    await ledger.recover();
    expect((await ledger.standing())?.cycle).toBe(7);
    await ledger.append(next);
    expect(await ledger.verify({ checkDecision: () => null })).toMatchObject({ entries: 19, fault: null });
  });

  test('it does not recover onto a record that has lost what was acknowledged', async () => {
    const ledger = await broken();
    for (const part of ['', '-wal', '-shm']) rmSync(`${path}${part}`);
    await expect(ledger.recover()).rejects.toThrow(/the file is gone/);
    await migrate(new Database(path));
    await expect(ledger.recover()).rejects.toThrow(/was acknowledged and is not in it/);
    await expect(ledger.append(next)).rejects.toThrow(LedgerError);
  });

  test('what is closed does not recover', async () => {
    const ledger = await broken();
    await ledger.close();
    await expect(ledger.recover()).rejects.toThrow(/it is closed/);
  });

  test('after reopening the record goes on', async () => {
    await (await broken()).close();
    const ledger = await opened('readWrite');
    await ledger.append(next);
    expect(await ledger.verify({ checkDecision: () => null })).toMatchObject({ entries: 19, fault: null });
  });

  test('a lock held by somebody else refuses the record for now only', async () => {
    const ledger = await filled();
    const other = new Database(path);
    other.exec('BEGIN IMMEDIATE');
    await expect(ledger.append(next)).rejects.toThrow(/database is locked/);
    other.exec('ROLLBACK');
    other.close();
    expect(await ledger.append(next)).toHaveLength(2);
  });
});
