import { hash } from 'node:crypto';
import { canonicalJson } from '../core/canonical-json.ts';
import type { Head, LedgerEntry } from '../core/ledger.ts';

/** What the first entry names as the hash before it. */
export const GENESIS_HASH = '0'.repeat(64);

/** One entry as it is stored: `body` is the canonical text that was hashed, the other columns repeat parts of it. */
export type EntryRow = {
  readonly seq: number;
  readonly type: string;
  readonly cycle: number;
  readonly atMs: number;
  readonly instrumentId: string | null;
  /** The decision's or the outcome's kind, or the signal event's name. */
  readonly kind: string | null;
  /** Signal events and outcomes only. */
  readonly side: string | null;
  readonly signalId: string | null;
  readonly body: string;
  readonly prevHash: string;
  readonly hash: string;
};

/** An entry before it has its place in the chain. */
export type EntryContent<E extends LedgerEntry = LedgerEntry> = E extends LedgerEntry
  ? Omit<E, 'seq' | 'prevHash' | 'hash'>
  : never;

export type SealedEntry = { readonly entry: LedgerEntry; readonly row: EntryRow };

/**
 * SHA-256 (hex) over one line of JSON, `[prevHash, seq, type, cycle, atMs, instrumentId]`, a line feed, and the body as
 * stored. JSON text holds no raw line feed, so no two different entries share these bytes.
 */
export function entryHash(row: Omit<EntryRow, 'hash'>): string {
  const place = JSON.stringify([row.prevHash, row.seq, row.type, row.cycle, row.atMs, row.instrumentId]);
  return hash('sha256', `${place}\n${row.body}`);
}

/** Gives a content the next place after `head`. Throws TypeError where the body holds what JSON cannot. */
export function seal(head: Head | null, content: EntryContent): SealedEntry {
  const place = { seq: (head?.seq ?? 0) + 1, prevHash: head?.hash ?? GENESIS_HASH };
  const unhashed = { ...content, ...place, hash: '' } as LedgerEntry;
  const unhashedRow = rowOf(unhashed);
  const own = entryHash(unhashedRow);
  return { entry: { ...unhashed, hash: own }, row: { ...unhashedRow, hash: own } };
}

/** The columns an entry is stored as. */
export function rowOf(entry: LedgerEntry): EntryRow {
  const { seq, type, cycle, atMs, instrumentId, prevHash, hash } = entry;
  const body = canonicalJson(entry.body);
  return { seq, type, cycle, atMs, instrumentId, ...lookupColumns(entry), body, prevHash, hash };
}

/** The entry a row stores. Throws SyntaxError where the body is not JSON; its shape is not judged here. */
export function entryOf(row: EntryRow): LedgerEntry {
  const { seq, type, cycle, atMs, instrumentId, prevHash, hash } = row;
  const body = JSON.parse(row.body) as unknown;
  return { seq, type, cycle, atMs, instrumentId, prevHash, hash, body } as LedgerEntry;
}

/** The columns that only queries need; they follow from the body. */
export function lookupColumns(entry: LedgerEntry): Pick<EntryRow, 'kind' | 'side' | 'signalId'> {
  if (entry.type === 'decision') return { kind: entry.body.kind, side: null, signalId: null };
  if (entry.type === 'outcome') {
    const { kind, side, signalId } = entry.body;
    return { kind, side, signalId };
  }
  if (entry.type !== 'signal') return { kind: null, side: null, signalId: null };
  const event = entry.body;
  return event.event === 'opened'
    ? { kind: event.event, side: event.signal.side, signalId: event.signal.id }
    : { kind: event.event, side: event.side, signalId: event.signalId };
}

/** SHA-256 (hex) over one line `instrumentId:decisionSeq` per instrument, each ended by a line feed, in the order given. */
export function outcomesDigest(standing: readonly (readonly [instrumentId: string, seq: number])[]): string {
  const lines = standing.map(([instrumentId, seq]) => `${instrumentId}:${seq}\n`);
  return hash('sha256', lines.join(''));
}
