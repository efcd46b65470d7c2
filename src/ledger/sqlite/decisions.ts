import type Database from 'better-sqlite3';
import type { Decision } from '../../core/decision.ts';
import type { DecisionFilter, DecisionRow } from '../../core/ledger.ts';
import type { Standpoint } from '../tip.ts';
import type { EntryStatements } from './entries.ts';

type Page = {
  instrumentId: string | null;
  kind: string | null;
  afterSeq: number;
  lastSeq: number;
  limit: number;
};

/** Newest first. The index is named because SQLite, knowing no statistics, sometimes takes a less selective one. */
function pageSql(index: string, where: string): string {
  return `SELECT seq, body FROM entries INDEXED BY ${index}
    WHERE type = 'decision' ${where} AND seq > @afterSeq AND seq <= @lastSeq
    ORDER BY seq DESC LIMIT @limit`;
}

/** Steps from one instrument to the next within the index: the cost grows with instruments, not with rows. */
const STANDING_SEQS = `
  WITH RECURSIVE instruments (id) AS (
    SELECT min(instrument_id) FROM entries WHERE type = 'decision'
    UNION ALL
    SELECT (SELECT min(instrument_id) FROM entries WHERE type = 'decision' AND instrument_id > instruments.id)
    FROM instruments WHERE instruments.id IS NOT NULL
  ), standing (seq) AS (
    SELECT (SELECT max(seq) FROM entries WHERE type = 'decision' AND instrument_id = instruments.id)
    FROM instruments WHERE instruments.id IS NOT NULL
  )`;

export const DECISION_SQL = {
  page: pageSql('decisions_by_seq', ''),
  pageOfInstrument: pageSql('decisions_by_instrument', 'AND instrument_id = @instrumentId'),
  pageOfKind: pageSql('decisions_by_kind', 'AND kind = @kind'),
  pageOfInstrumentAndKind: pageSql(
    'decisions_by_instrument_and_kind',
    'AND instrument_id = @instrumentId AND kind = @kind',
  ),

  standing: `${STANDING_SEQS}
    SELECT entries.body FROM standing JOIN entries ON entries.seq = standing.seq`,
  standpoints: `${STANDING_SEQS}
    SELECT entries.seq, entries.instrument_id AS instrumentId, entries.kind
    FROM standing JOIN entries ON entries.seq = standing.seq`,
} as const;

export function decisionQueries(database: Database.Database, entries: EntryStatements) {
  const page = database.prepare<[Page], { seq: number; body: string }>(DECISION_SQL.page);
  const ofInstrument: typeof page = database.prepare(DECISION_SQL.pageOfInstrument);
  const ofKind: typeof page = database.prepare(DECISION_SQL.pageOfKind);
  const ofBoth: typeof page = database.prepare(DECISION_SQL.pageOfInstrumentAndKind);
  const standing = database.prepare<[], string>(DECISION_SQL.standing).pluck();
  const standpoints = database.prepare<[], Standpoint & { instrumentId: string }>(DECISION_SQL.standpoints);

  function find(filter: DecisionFilter): DecisionRow[] {
    const { instrumentId = null, kind = null, beforeSeq = Number.MAX_SAFE_INTEGER, limit } = filter;
    const range = entries.seqsBetween(filter);
    const lastSeq = Math.min(range.lastSeq, beforeSeq - 1);
    const byKind = kind === null ? page : ofKind;
    const byInstrument = kind === null ? ofInstrument : ofBoth;
    return (instrumentId === null ? byKind : byInstrument)
      .all({ instrumentId, kind, afterSeq: range.afterSeq, lastSeq, limit })
      .map(({ seq, body }) => ({ seq, decision: JSON.parse(body) as Decision }));
  }

  return {
    find,
    standing: (): Decision[] => standing.all().map((body) => JSON.parse(body) as Decision),
    standpoints: () => standpoints.all(),
  };
}
