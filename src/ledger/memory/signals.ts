import type { OutcomeFilter, OutcomeRow, SignalFilter, SignalRow } from '../../core/ledger.ts';
import type { SignalOutcome } from '../../core/outcome.ts';
import type { Signal, SignalEvent } from '../../core/signal.ts';
import { newestFirst } from './newest.ts';

type Opened = { readonly seq: number; readonly signal: Signal };

export function signalList() {
  const opened: Opened[] = [];
  const byId = new Map<string, Opened>();
  const ends = new Map<string, NonNullable<SignalRow['end']>>();
  const outcomes: OutcomeRow[] = [];
  const outcomeOf = new Map<string, SignalOutcome>();

  function rowOf({ seq, signal }: Opened): SignalRow {
    return { seq, signal, end: ends.get(signal.id) ?? null, outcome: outcomeOf.get(signal.id) ?? null };
  }

  return {
    add(seq: number, event: SignalEvent): void {
      if (event.event === 'ended') {
        ends.set(event.signalId, event);
        return;
      }
      const { signal } = event;
      opened.push({ seq, signal });
      byId.set(signal.id, { seq, signal });
    },
    score(seq: number, outcome: SignalOutcome): void {
      const found = byId.get(outcome.signalId);
      if (found === undefined) return;
      outcomes.push({ seq, signal: found.signal, outcome });
      outcomeOf.set(outcome.signalId, outcome);
    },
    find({ instrumentId, side, fromMs, toMs, open, beforeSeq, limit }: SignalFilter): SignalRow[] {
      return newestFirst(
        opened,
        limit,
        ({ seq, signal }) =>
          (beforeSeq === undefined || seq < beforeSeq) &&
          (instrumentId === undefined || signal.instrumentId === instrumentId) &&
          (side === undefined || signal.side === side) &&
          (fromMs === undefined || signal.openedAtMs >= fromMs) &&
          (toMs === undefined || signal.openedAtMs <= toMs) &&
          (open === undefined || !ends.has(signal.id) === open),
      ).map(rowOf);
    },
    byId(id: string): SignalRow | null {
      const found = byId.get(id);
      return found === undefined ? null : rowOf(found);
    },
    outcomes({ instrumentId, side, kind, fromMs, toMs, beforeSeq, limit }: OutcomeFilter): OutcomeRow[] {
      return newestFirst(
        outcomes,
        limit,
        ({ seq, outcome }) =>
          (beforeSeq === undefined || seq < beforeSeq) &&
          (instrumentId === undefined || outcome.instrumentId === instrumentId) &&
          (side === undefined || outcome.side === side) &&
          (kind === undefined || outcome.kind === kind) &&
          (fromMs === undefined || outcome.atMs >= fromMs) &&
          (toMs === undefined || outcome.atMs <= toMs),
      );
    },
  };
}
