import type { Decision } from '../../core/decision.ts';
import type { DecisionFilter, DecisionRow } from '../../core/ledger.ts';
import { newestFirst } from './newest.ts';
import { loadedEntry, type StoredRow } from './stored-row.ts';

export function decisionList() {
  const rows: StoredRow[] = [];
  const standing = new Map<string, Decision>();
  return {
    add(row: StoredRow, decision: Decision): void {
      rows.push(row);
      standing.set(decision.instrumentId, decision);
    },
    find({ instrumentId, kind, fromMs, toMs, beforeSeq, limit }: DecisionFilter): DecisionRow[] {
      return newestFirst(
        rows,
        limit,
        (row) =>
          (beforeSeq === undefined || row.seq < beforeSeq) &&
          (instrumentId === undefined || row.instrumentId === instrumentId) &&
          (kind === undefined || row.kind === kind) &&
          (fromMs === undefined || row.atMs >= fromMs) &&
          (toMs === undefined || row.atMs <= toMs),
      )
        .map(loadedEntry)
        .flatMap((entry) => (entry.type === 'decision' ? [{ seq: entry.seq, decision: entry.body }] : []));
    },
    standing: (): ReadonlyMap<string, Decision> => new Map(standing),
  };
}
