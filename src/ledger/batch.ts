import type { ConfigBody, CycleBody, CycleRecord, Head } from '../core/ledger.ts';
import type { SignalEvent } from '../core/signal.ts';
import { admit, outcomesOf } from './admit.ts';
import { type EntryContent, type SealedEntry, seal } from './chain.ts';
import { type Draft, emptyDraft, type Tip } from './tip.ts';

/** The entries of one transaction, and what they add to the tip once they are durable. */
export type Batch =
  | { readonly kind: 'ready'; readonly sealed: readonly SealedEntry[]; readonly draft: Draft }
  | { readonly kind: 'refused'; readonly detail: string };

/** Entries of a cycle: decisions by instrument id, signal events and outcomes as given, the cycle row last. The tip is not changed. */
export function cycleBatch(tip: Tip, record: CycleRecord): Batch {
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
  const { sealed, draft, refused } = admitAll(tip, [...decisions, ...events, ...outcomes]);
  if (refused !== null) return { kind: 'refused', detail: refused };

  const body = cycleBody(tip, draft, record);
  if (typeof body === 'string') return { kind: 'refused', detail: body };
  const head = sealed.at(-1)?.entry ?? tip.head;
  const last = seal(head, { type: 'cycle', cycle, atMs, instrumentId: null, body });
  const detail = admit(tip, draft, last.entry);
  return detail === null ? { kind: 'ready', sealed: [...sealed, last], draft } : { kind: 'refused', detail };
}

export function configBatch(tip: Tip, body: ConfigBody): Batch {
  const content: EntryContent = {
    type: 'config',
    cycle: tip.cycle,
    atMs: body.atMs,
    instrumentId: null,
    body,
  };
  const { sealed, draft, refused } = admitAll(tip, [content]);
  return refused === null ? { kind: 'ready', sealed, draft } : { kind: 'refused', detail: refused };
}

function admitAll(tip: Tip, contents: readonly EntryContent[]) {
  const draft = emptyDraft();
  const sealed: SealedEntry[] = [];
  let head: Head | null = tip.head;
  for (const content of contents) {
    const next = seal(head, content);
    const refused = admit(tip, draft, next.entry);
    if (refused !== null) return { sealed, draft, refused };
    sealed.push(next);
    head = next.entry;
  }
  return { sealed, draft, refused: null };
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
