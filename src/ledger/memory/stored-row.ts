import type { LedgerEntry } from '../../core/ledger.ts';
import { type EntryRow, entryOf } from '../chain.ts';

/** A row with its body as bytes outside the heap: a month of bodies inside it keeps the collector busy. */
export type StoredRow = Omit<EntryRow, 'body'> & { readonly bytes: Buffer };

export function stored({ body, ...row }: EntryRow): StoredRow {
  return { ...row, bytes: Buffer.from(body) };
}

export function loaded({ bytes, ...row }: StoredRow): EntryRow {
  return { ...row, body: bytes.toString() };
}

export function loadedEntry(row: StoredRow): LedgerEntry {
  return entryOf(loaded(row));
}
