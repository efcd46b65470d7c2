import type { Decision, SignalEvent, SignalOutcome, SignalRow } from '../../src/api/contract.ts';

/** How news changes what is known; pure. */

const RECENT_MAX = 30;

/** The list after an event: an opened signal comes first, an ended one keeps its place. */
export function withEvent(rows: readonly SignalRow[], seq: number, event: SignalEvent): SignalRow[] {
  if (event.event === 'opened') {
    const others = rows.filter((row) => row.signal.id !== event.signal.id);
    return [{ seq, signal: event.signal, end: null, outcome: null }, ...others].slice(0, RECENT_MAX);
  }
  return rows.map((row) => (row.signal.id === event.signalId ? { ...row, end: event } : row));
}

/** The list after an outcome, which changes one of its rows or none. */
export function withOutcome(rows: readonly SignalRow[], outcome: SignalOutcome): SignalRow[] {
  return rows.map((row) => (row.signal.id === outcome.signalId ? { ...row, outcome } : row));
}

/** The newer of what is known and what was told, by cycle; keeps the order of what is told, then of what is known. */
export function newerOf(
  known: ReadonlyMap<string, Decision> | null,
  told: readonly Decision[],
): ReadonlyMap<string, Decision> {
  const merged = new Map<string, Decision>();
  for (const decision of told) {
    const before = known?.get(decision.instrumentId);
    merged.set(
      decision.instrumentId,
      before !== undefined && before.cycle > decision.cycle ? before : decision,
    );
  }
  for (const [id, decision] of known ?? []) {
    if (!merged.has(id)) merged.set(id, decision);
  }
  return merged;
}
