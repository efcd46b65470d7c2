import type { ConfigBody, CycleBody, CycleRecord, LedgerEntry } from '../core/ledger.ts';
import type { SignalEvent } from '../core/signal.ts';
import { admit, outcomesOf } from './admit.ts';
import { type EntryContent, type EntryRow, seal } from './chain.ts';
import { type Draft, emptyDraft, type Tip } from './tip.ts';

/** The entries of one transaction, and what they add to the tip once they are durable. */
export type Batch =
  | { readonly kind: 'ready'; readonly entries: readonly LedgerEntry[]; readonly draft: Draft }
  /** What was written of it has to be taken back. */
  | { readonly kind: 'refused'; readonly detail: string };

/** Takes each row as soon as it is sealed: of the texts of thousands of entries only one is alive. */
export type WriteRow = (row: EntryRow) => void;

/** Entries of a cycle: decisions by instrument id, signal events and outcomes as given, the cycle row last. The tip is not changed. */
export function cycleBatch(tip: Tip, record: CycleRecord, write: WriteRow): Batch {
  const { cycle, slotAtMs: atMs } = record;
  const decisions = record.decisions
    .toSorted((a, b) => (a.instrumentId < b.instrumentId ? -1 : 1))
    .map((body): EntryContent => ({ type: 'decision', cycle, atMs, instrumentId: body.instrumentId, body }));
  const events = record.events.map(
    (body): EntryContent => ({ type: 'signal', cycle, atMs, instrumentId: instrumentOf(body), body }),
  );
  const outcomes = record.outcomes.map(
    (body): EntryContent => ({ type: 'outcome', cycle, atMs, instrumentId: body.instrumentId, body }),
  );
  const batch = new OpenBatch(tip, write);
  for (const content of [...decisions, ...events, ...outcomes]) {
    const refused = batch.take(content);
    if (refused !== null) return { kind: 'refused', detail: refused };
  }
  const body = cycleBody(tip, batch.draft, record);
  if (typeof body === 'string') return { kind: 'refused', detail: body };
  return batch.closedBy({ type: 'cycle', cycle, atMs, instrumentId: null, body });
}

export function configBatch(tip: Tip, body: ConfigBody, write: WriteRow): Batch {
  const content: EntryContent = {
    type: 'config',
    cycle: tip.cycle,
    atMs: body.atMs,
    instrumentId: null,
    body,
  };
  return new OpenBatch(tip, write).closedBy(content);
}

/** Entries that follow the tip, each admitted and written before the next is sealed. */
class OpenBatch {
  readonly draft = emptyDraft();
  readonly #tip: Tip;
  readonly #write: WriteRow;
  readonly #entries: LedgerEntry[] = [];

  constructor(tip: Tip, write: WriteRow) {
    this.#tip = tip;
    this.#write = write;
  }

  /** What is wrong with it, or null. */
  take(content: EntryContent): string | null {
    const { entry, row } = seal(this.#entries.at(-1) ?? this.#tip.head, content);
    const refused = admit(this.#tip, this.draft, entry);
    if (refused !== null) return refused;
    this.#write(row);
    this.#entries.push(entry);
    return null;
  }

  closedBy(last: EntryContent): Batch {
    const refused = this.take(last);
    return refused === null
      ? { kind: 'ready', entries: this.#entries, draft: this.draft }
      : { kind: 'refused', detail: refused };
  }
}

function cycleBody(tip: Tip, draft: Draft, record: CycleRecord): CycleBody | string {
  const { cycle, slotAtMs, configVersion, due } = record;
  const unchanged = tip.dueIds !== null && sameIds(tip.dueIds, due) ? tip.dueIds : null;
  const outcomes = outcomesOf(tip, draft, unchanged ?? due);
  if (typeof outcomes === 'string') return outcomes;
  const dueIds = unchanged === null ? due : null;
  return { cycle, slotAtMs, configVersion, due: due.length, made: due.length, dueIds, ...outcomes };
}

function sameIds(a: readonly string[], b: readonly string[]): boolean {
  return a === b || (a.length === b.length && a.every((id, index) => id === b[index]));
}

function instrumentOf(event: SignalEvent): string {
  return event.event === 'opened' ? event.signal.instrumentId : event.instrumentId;
}
