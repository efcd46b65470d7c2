import type { ChainFault, Head, LedgerEntry, VerifyOptions, VerifyReport } from '../core/ledger.ts';
import { admit } from './admit.ts';
import { type EntryRow, entryHash, entryOf, GENESIS_HASH, lookupColumns } from './chain.ts';
import { type Draft, emptyDraft, emptyTip, settle, type Tip } from './tip.ts';

const PROGRESS_EVERY_ROWS = 2_000;

/**
 * Replays stored rows from the first to the last and stops at the first bad one. Memory grows with instruments and
 * signals, not with rows. `total` is the number of rows expected, for progress only. Never throws: a row that cannot be
 * read or understood is a fault of that row.
 */
export function verifyRows(rows: Iterable<EntryRow>, total: number, options: VerifyOptions): VerifyReport {
  const tip = emptyTip();
  let draft = emptyDraft();
  let head: Head | null = null;
  let fault: ChainFault | null = null;
  const configs = new Map<string, unknown>();
  const counts = { config: 0, decision: 0, signal: 0, outcome: 0, cycle: 0 };

  try {
    for (const row of rows) {
      const entry = judged(row, head, tip, draft, configs, options);
      if (typeof entry === 'string') {
        fault = { seq: nextSeq(head), detail: entry };
        break;
      }
      counts[entry.type] += 1;
      if (entry.type === 'config') configs.set(entry.body.version, entry.body.config);
      head = { seq: row.seq, hash: row.hash };
      if (entry.type === 'cycle' || entry.type === 'config') {
        settle(tip, draft, entry);
        draft = emptyDraft();
      }
      if (row.seq % PROGRESS_EVERY_ROWS === 0) options.onProgress?.(row.seq, total);
    }
  } catch (error) {
    fault = { seq: nextSeq(head), detail: `it cannot be read: ${(error as Error).message}` };
  }
  fault ??= wrongEnd(head, tip.head, options.expectedHead);
  if (fault === null) options.onProgress?.(total, total);
  const { decision: decisions, signal: signals, outcome: outcomes, cycle: cycles } = counts;
  return { entries: head?.seq ?? 0, decisions, signals, outcomes, cycles, head, fault };
}

function nextSeq(head: Head | null): number {
  return (head?.seq ?? 0) + 1;
}

/** The entry of a row, or what is wrong with it. */
function judged(
  row: EntryRow,
  head: Head | null,
  tip: Tip,
  draft: Draft,
  configs: ReadonlyMap<string, unknown>,
  options: VerifyOptions,
) {
  const broken = brokenLink(row, head, options.expectedHead);
  if (broken !== null) return broken;
  const entry = entryOf(row);
  return wrongContent(row, entry, configs, options) ?? admit(tip, draft, entry) ?? entry;
}

function brokenLink(row: EntryRow, head: Head | null, expectedHead: Head | undefined): string | null {
  const seq = nextSeq(head);
  if (row.seq !== seq) return `row ${seq} is missing: the next one is ${row.seq}`;
  if (row.prevHash !== (head?.hash ?? GENESIS_HASH)) {
    return head === null
      ? 'it does not start the chain: its previous hash is not 64 zeros'
      : `it does not follow row ${head.seq}: its previous hash is another, so one of the two was rewritten`;
  }
  if (row.hash !== entryHash(row)) return 'its content does not match its hash';
  if (seq === expectedHead?.seq && row.hash !== expectedHead.hash) {
    return `its hash is not the noted ${expectedHead.hash}: the record up to here was rewritten`;
  }
  return null;
}

function wrongContent(
  row: EntryRow,
  entry: LedgerEntry,
  configs: ReadonlyMap<string, unknown>,
  { checkDecision }: VerifyOptions,
): string | null {
  if (!['config', 'decision', 'signal', 'outcome', 'cycle'].includes(row.type))
    return `its type "${row.type}" is unknown`;
  const expected = lookupColumns(entry);
  for (const column of ['kind', 'side', 'signalId'] as const) {
    if (row[column] !== expected[column]) {
      return `its column ${column} is ${row[column]}, but its body says ${expected[column]}`;
    }
  }
  if (entry.type !== 'decision') return null;
  return checkDecision(entry.body, configs.get(entry.body.configVersion) ?? null);
}

function wrongEnd(
  head: Head | null,
  settled: Head | null,
  expectedHead: Head | undefined,
): ChainFault | null {
  const lastSeq = head?.seq ?? 0;
  if (expectedHead !== undefined && expectedHead.seq > lastSeq) {
    const detail = `it is missing: the record ends at row ${lastSeq}, but row ${expectedHead.seq} was noted`;
    return { seq: lastSeq + 1, detail };
  }
  if (lastSeq === (settled?.seq ?? 0)) return null;
  return { seq: lastSeq + 1, detail: 'it is missing: the last cycle has no closing cycle row' };
}
