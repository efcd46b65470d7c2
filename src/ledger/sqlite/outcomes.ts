import type Database from 'better-sqlite3';
import type { OutcomeFilter, OutcomeRow } from '../../core/ledger.ts';
import type { SignalOutcome } from '../../core/outcome.ts';
import type { EntryStatements } from './entries.ts';
import { openedSignal } from './signals.ts';

type Stored = { seq: number; opened: string; scored: string };
type Page = {
  instrumentId: string | null;
  kind: string | null;
  side: string | null;
  afterSeq: number;
  lastSeq: number;
  limit: number;
};

/** Newest first; what the filter leaves out is found in the index, without reading the row. */
function pageSql(index: string, where: string): string {
  return `SELECT scored.seq, scored.body AS scored, opened.body AS opened
    FROM entries AS scored INDEXED BY ${index}
    JOIN entries AS opened
      ON opened.type = 'signal' AND opened.signal_id = scored.signal_id AND opened.kind = 'opened'
    WHERE scored.type = 'outcome' ${where} AND scored.seq > @afterSeq AND scored.seq <= @lastSeq
      AND (@kind IS NULL OR scored.kind = @kind) AND (@side IS NULL OR scored.side = @side)
    ORDER BY scored.seq DESC LIMIT @limit`;
}

export const OUTCOME_SQL = {
  page: pageSql('outcomes_by_seq', ''),
  pageOfInstrument: pageSql('outcomes_by_instrument', 'AND scored.instrument_id = @instrumentId'),
} as const;

export function outcomeQueries(database: Database.Database, entries: EntryStatements) {
  const page = database.prepare<[Page], Stored>(OUTCOME_SQL.page);
  const ofInstrument: typeof page = database.prepare(OUTCOME_SQL.pageOfInstrument);
  return {
    find(filter: OutcomeFilter): OutcomeRow[] {
      const { instrumentId = null, kind = null, side = null } = filter;
      const { beforeSeq = Number.MAX_SAFE_INTEGER, limit } = filter;
      const range = entries.seqsBetween(filter);
      const lastSeq = Math.min(range.lastSeq, beforeSeq - 1);
      return (instrumentId === null ? page : ofInstrument)
        .all({ instrumentId, kind, side, afterSeq: range.afterSeq, lastSeq, limit })
        .map(({ seq, opened, scored }) => ({
          seq,
          signal: openedSignal(opened),
          outcome: JSON.parse(scored) as SignalOutcome,
        }));
    },
  };
}
