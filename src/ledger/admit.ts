import { canonicalJson, sameJson } from '../core/canonical-json.ts';
import type { CycleBody, LedgerEntry } from '../core/ledger.ts';
import { grossReturnOf } from '../core/outcome.ts';
import type { DecisionKind } from '../core/vote.ts';
import { outcomesDigest } from './chain.ts';
import type { Draft, Outcomes, Standpoint, Tip } from './tip.ts';

type EntryOf<T extends LedgerEntry['type']> = Extract<LedgerEntry, { type: T }>;

/**
 * The rules of the record, one entry at a time: `append` obeys them and `verify` re-checks them. Returns what is wrong,
 * or null after noting the entry in `draft`; the tip is not changed.
 */
export function admit(tip: Tip, draft: Draft, entry: LedgerEntry): string | null {
  switch (entry.type) {
    case 'config':
      return admitConfig(tip, draft, entry);
    case 'decision':
      return misplaced(tip, draft, entry) ?? admitDecision(draft, entry);
    case 'signal':
      return misplaced(tip, draft, entry) ?? admitSignal(tip, draft, entry);
    case 'outcome':
      return misplaced(tip, draft, entry) ?? admitOutcome(tip, draft, entry);
    case 'cycle':
      return misplaced(tip, draft, entry) ?? admitCycle(tip, draft, entry);
  }
}

function admitConfig(tip: Tip, draft: Draft, { cycle, atMs, instrumentId, body }: EntryOf<'config'>) {
  if (draft.place !== null) return `a configuration stands amid the entries of cycle ${draft.place.cycle}`;
  if (cycle !== tip.cycle) return `it names cycle ${cycle}, but the newest is ${tip.cycle}`;
  if (atMs !== body.atMs || instrumentId !== null) return 'its columns do not repeat its body';
  draft.config = body;
  return null;
}

/** All entries of a cycle name the same cycle and slot, both later than those before. */
function misplaced(tip: Tip, draft: Draft, { cycle, atMs }: LedgerEntry): string | null {
  if (draft.place === null) {
    if (!(cycle > tip.cycle)) return `cycle ${cycle} does not come after cycle ${tip.cycle}`;
    if (!(atMs > tip.slotAtMs))
      return `its time ${atMs} does not come after ${tip.slotAtMs}, the slot before`;
    draft.place = { cycle, atMs };
  }
  if (cycle === draft.place.cycle && atMs === draft.place.atMs) return null;
  return `it names cycle ${cycle} at ${atMs} amid the entries of cycle ${draft.place.cycle} at ${draft.place.atMs}`;
}

function admitDecision(draft: Draft, entry: EntryOf<'decision'>): string | null {
  const { body } = entry;
  if (body.instrumentId !== entry.instrumentId || body.cycle !== entry.cycle || body.atMs !== entry.atMs) {
    return `its columns do not repeat its body: ${body.instrumentId} in cycle ${body.cycle} at ${body.atMs}`;
  }
  if (draft.decisions.has(body.instrumentId)) return `${body.instrumentId} has two decisions in one cycle`;
  draft.decisions.set(body.instrumentId, { seq: entry.seq, kind: body.kind });
  return null;
}

function admitSignal(tip: Tip, draft: Draft, entry: EntryOf<'signal'>): string | null {
  const event = entry.body;
  const told =
    event.event === 'opened'
      ? { ...event.signal, atMs: event.signal.openedAtMs, signalId: event.signal.id }
      : event;
  if (told.instrumentId !== entry.instrumentId || told.cycle !== entry.cycle || told.atMs !== entry.atMs) {
    return `its columns do not repeat its body: ${told.instrumentId} in cycle ${told.cycle} at ${told.atMs}`;
  }
  const { signalId } = told;
  const open = draft.opened.get(signalId) ?? tip.openSignals.get(signalId);
  if (event.event === 'opened') {
    if (open !== undefined || tip.endedSignals.has(signalId)) return `signal ${signalId} was opened before`;
    draft.opened.set(signalId, event.signal);
    return null;
  }
  if (open === undefined || draft.ended.has(signalId)) return `signal ${signalId} ends, but is not open`;
  if (open.instrumentId !== event.instrumentId || open.side !== event.side) {
    return `signal ${signalId} ends as ${event.side} of ${event.instrumentId}, but was opened as ${open.side} of ${open.instrumentId}`;
  }
  draft.ended.add(signalId);
  return null;
}

function admitOutcome(tip: Tip, draft: Draft, entry: EntryOf<'outcome'>): string | null {
  const { body } = entry;
  const { signalId, instrumentId, side } = body;
  if (instrumentId !== entry.instrumentId || body.cycle !== entry.cycle || body.atMs !== entry.atMs) {
    return `its columns do not repeat its body: ${instrumentId} in cycle ${body.cycle} at ${body.atMs}`;
  }
  const signal = draft.opened.get(signalId) ?? tip.unscored.get(signalId);
  if (signal === undefined || draft.scored.has(signalId)) {
    return `signal ${signalId} was never opened, or has an outcome already`;
  }
  if (signal.instrumentId !== instrumentId || signal.side !== side) {
    return `signal ${signalId} has an outcome as ${side} of ${instrumentId}, but was opened as ${signal.side} of ${signal.instrumentId}`;
  }
  if (body.kind === 'resolved') {
    const { exitPrice, exitAtMs, grossReturn } = body;
    if (!(exitAtMs >= signal.openedAtMs && exitAtMs <= entry.atMs)) {
      return `signal ${signalId} leaves at ${exitAtMs}, not between its opening and the cycle that says so`;
    }
    const expected = grossReturnOf(side, signal.entry, exitPrice);
    if (grossReturn !== expected) {
      return `signal ${signalId} made ${grossReturn}, but its prices make ${expected}`;
    }
  }
  draft.scored.add(signalId);
  return null;
}

function admitCycle(tip: Tip, draft: Draft, entry: EntryOf<'cycle'>): string | null {
  const { body } = entry;
  if (body.cycle !== entry.cycle || body.slotAtMs !== entry.atMs || entry.instrumentId !== null) {
    return `its columns do not repeat its body: cycle ${body.cycle} at ${body.slotAtMs}`;
  }
  const dueIds = body.dueIds ?? tip.dueIds;
  if (dueIds === null) return 'it does not list the due instruments, and no cycle before it does';
  const outcomes = outcomesOf(tip, draft, dueIds);
  if (typeof outcomes === 'string') return outcomes;
  const expected = { ...body, ...outcomes, due: dueIds.length, made: dueIds.length } satisfies CycleBody;
  for (const key of ['due', 'made', 'kinds', 'outcomesDigest'] as const) {
    if (sameJson(body[key], expected[key])) continue;
    const [found, wanted] = [canonicalJson(body[key]), canonicalJson(expected[key])];
    return `its ${key} is ${found}, but the decisions before it make ${wanted}`;
  }
  draft.dueIds = dueIds;
  draft.outcomes = outcomes;
  return null;
}

/** What stands for the due instruments once the draft counts; in words, where something is missing. */
export function outcomesOf(tip: Tip, draft: Draft, dueIds: readonly string[]): Outcomes | string {
  // With nothing new, what was computed for the cycle before still holds.
  if (draft.decisions.size === 0 && dueIds === tip.dueIds && tip.outcomes !== null) return tip.outcomes;
  const { reckoned } = draft;
  if (reckoned?.dueIds === dueIds && reckoned.decisions === draft.decisions.size) return reckoned.outcomes;
  const kinds: Record<DecisionKind, number> = { BUY: 0, SELL: 0, HOLD: 0, ABSTAIN: 0 };
  const standing: [string, number][] = [];
  let newOnes = 0;
  let idBefore = '';
  for (const id of dueIds) {
    if (!(id > idBefore)) return `the due instruments are not sorted: ${id} after ${idBefore}`;
    const fresh: Standpoint | undefined = draft.decisions.get(id);
    const stands = fresh ?? tip.standing.get(id);
    if (stands === undefined) return `${id} is due, but no decision stands for it`;
    if (fresh !== undefined) newOnes += 1;
    kinds[stands.kind] += 1;
    standing.push([id, stands.seq]);
    idBefore = id;
  }
  if (newOnes < draft.decisions.size) {
    const due = new Set(dueIds);
    return `${[...draft.decisions.keys()].find((id) => !due.has(id))} has a decision, but is not due`;
  }
  const outcomes = { kinds, outcomesDigest: outcomesDigest(standing) };
  draft.reckoned = { dueIds, decisions: draft.decisions.size, outcomes };
  return outcomes;
}
