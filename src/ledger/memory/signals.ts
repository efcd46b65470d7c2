import type { SignalFilter, SignalRow } from '../../core/ledger.ts';
import type { Signal, SignalEvent } from '../../core/signal.ts';
import { newestFirst } from './newest.ts';

export function signalList() {
  const opened: { readonly seq: number; readonly signal: Signal }[] = [];
  const ends = new Map<string, NonNullable<SignalRow['end']>>();

  function withEnd({ seq, signal }: { seq: number; signal: Signal }): SignalRow {
    return { seq, signal, end: ends.get(signal.id) ?? null };
  }

  return {
    add(seq: number, event: SignalEvent): void {
      if (event.event === 'opened') opened.push({ seq, signal: event.signal });
      else ends.set(event.signalId, event);
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
      ).map(withEnd);
    },
    byId(id: string): SignalRow | null {
      const found = opened.find(({ signal }) => signal.id === id);
      return found === undefined ? null : withEnd(found);
    },
  };
}
