import { closeSync, existsSync, mkdirSync, openSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { LedgerError } from '../../core/ledger.ts';

/** How long a statement waits for another process's lock. The wait blocks, so it is short. */
const BUSY_TIMEOUT_MS = 2_000;
/** The write-ahead log is cut back to this once a long reader has let go of it. */
const WAL_BYTES_MAX = 64 * 1024 * 1024;

/** Makes the file and its folder, both for the owner alone; files that exist are left as they are. */
export function createFile(path: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  closeSync(openSync(path, 'a', 0o600));
}

/**
 * Keeps other writers out until the returned connection is closed: an exclusive transaction on `<path>.lock`. Unlike a
 * file with a process id in it, the operating system drops this lock with the process, however that dies.
 */
export function holdWriterLock(path: string): Database.Database {
  const lockPath = `${path}.lock`;
  createFile(lockPath);
  const lock = new Database(lockPath, { timeout: 0 });
  try {
    lock.exec('BEGIN EXCLUSIVE');
    return lock;
  } catch (error) {
    lock.close();
    if (!isBusy(error)) throw error;
    throw new LedgerError(`${path} is being written by another Sextant: stop it or name another ledger.path`);
  }
}

/** Takes a record away. Throws LedgerError while another process writes it. */
export function removeFile(path: string): void {
  if (!existsSync(path)) return;
  const lock = holdWriterLock(path);
  try {
    for (const part of ['', '-wal', '-shm']) rmSync(`${path}${part}`, { force: true });
  } finally {
    lock.close();
  }
}

/** A connection whose commits are on the disk when they return. */
export function connectWriter(path: string): Database.Database {
  const database = new Database(path, { timeout: BUSY_TIMEOUT_MS });
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = FULL');
  // On macOS a plain fsync leaves the data in the drive's cache.
  database.pragma('fullfsync = ON');
  database.pragma(`journal_size_limit = ${WAL_BYTES_MAX}`);
  return database;
}

/**
 * Whether a record that failed takes writes again: its log is copied into the file, whatever of it the disk has, and one
 * page is written anew. Both are on the disk afterwards. Throws where they are not.
 */
export function proveWritable(database: Database.Database): void {
  const [checkpoint] = database.pragma('wal_checkpoint(FULL)') as { busy: number }[];
  if (checkpoint?.busy !== 0) throw new LedgerError('somebody else holds it: trying again');
  const version = database.pragma('user_version', { simple: true }) as number;
  database.pragma(`user_version = ${version}`);
}

export function connectReader(path: string): Database.Database {
  if (!existsSync(path)) throw new LedgerError(`there is no ledger at ${path}: check ledger.path`);
  return new Database(path, { readonly: true, timeout: BUSY_TIMEOUT_MS });
}

/** Somebody else holds a lock; nothing was written, and trying again later is safe. */
export function isBusy(error: unknown): boolean {
  return error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY');
}
