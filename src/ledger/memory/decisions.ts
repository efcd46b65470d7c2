import type { Decision } from '../../core/decision.ts';
import type { DecisionFilter, DecisionRow } from '../../core/ledger.ts';
import { newestFirst } from './newest.ts';

export function decisionList() {
  const rows: DecisionRow[] = [];
  const standing = new Map<string, Decision>();
  return {
    add(seq: number, decision: Decision): void {
      rows.push({ seq, decision });
      standing.set(decision.instrumentId, decision);
    },
    find({ instrumentId, kind, fromMs, toMs, beforeSeq, limit }: DecisionFilter): DecisionRow[] {
      return newestFirst(
        rows,
        limit,
        ({ seq, decision }) =>
          (beforeSeq === undefined || seq < beforeSeq) &&
          (instrumentId === undefined || decision.instrumentId === instrumentId) &&
          (kind === undefined || decision.kind === kind) &&
          (fromMs === undefined || decision.atMs >= fromMs) &&
          (toMs === undefined || decision.atMs <= toMs),
      );
    },
    standing: (): ReadonlyMap<string, Decision> => new Map(standing),
  };
}
