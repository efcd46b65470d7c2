import type Database from 'better-sqlite3';
import type { SignalFilter, SignalRow } from '../../core/ledger.ts';
import type { SignalOutcome } from '../../core/outcome.ts';
import type { Signal, SignalEvent } from '../../core/signal.ts';
import type { EntryStatements } from './entries.ts';

type Stored = { seq: number; opened: string; ended: string | null; scored: string | null };
type Page = { instrumentId?: string; side?: string; afterSeq: number; lastSeq: number; limit: number };
type Ended = NonNullable<SignalRow['end']>;

const WITH_END = `LEFT JOIN entries AS ended
      ON ended.type = 'signal' AND ended.signal_id = opened.signal_id AND ended.kind = 'ended'`;

const WITH_OUTCOME = `LEFT JOIN entries AS scored ON scored.type = 'outcome' AND scored.signal_id = opened.signal_id`;

const HAS_ENDED = `EXISTS (
      SELECT 1 FROM entries AS ended
      WHERE ended.type = 'signal' AND ended.signal_id = opened.signal_id AND ended.kind = 'ended')`;

/** One page, newest first, narrowed by what the filter names; the index is named as in decisions.ts. */
export function signalPageSql({ instrumentId, side, open }: Omit<SignalFilter, 'limit'>): string {
  const bySide = side === undefined ? 'signals_by_seq' : 'signals_by_side';
  const index = instrumentId === undefined ? bySide : 'signals_by_instrument';
  return `SELECT opened.seq, opened.body AS opened, ended.body AS ended, scored.body AS scored
    FROM entries AS opened INDEXED BY ${index} ${WITH_END} ${WITH_OUTCOME}
    WHERE opened.type = 'signal' AND opened.kind = 'opened'
      ${instrumentId === undefined ? '' : 'AND opened.instrument_id = @instrumentId'}
      ${side === undefined ? '' : 'AND opened.side = @side'}
      ${open === undefined ? '' : `AND ${open ? 'NOT ' : ''}${HAS_ENDED}`}
      AND opened.seq > @afterSeq AND opened.seq <= @lastSeq
    ORDER BY opened.seq DESC LIMIT @limit`;
}

export const SIGNAL_SQL = {
  byId: `SELECT opened.seq, opened.body AS opened, ended.body AS ended, scored.body AS scored
    FROM entries AS opened ${WITH_END} ${WITH_OUTCOME}
    WHERE opened.type = 'signal' AND opened.signal_id = @id AND opened.kind = 'opened'`,

  open: `SELECT opened.body FROM entries AS opened INDEXED BY signals_by_seq
    WHERE opened.type = 'signal' AND opened.kind = 'opened' AND NOT ${HAS_ENDED}
    ORDER BY opened.seq`,

  unscored: `SELECT opened.seq, opened.body AS opened, ended.body AS ended, NULL AS scored
    FROM entries AS opened INDEXED BY signals_by_seq ${WITH_END}
    WHERE opened.type = 'signal' AND opened.kind = 'opened' AND NOT EXISTS (
      SELECT 1 FROM entries AS scored WHERE scored.type = 'outcome' AND scored.signal_id = opened.signal_id)
    ORDER BY opened.seq`,

  hasEnded: `SELECT 1 FROM entries WHERE type = 'signal' AND signal_id = @id AND kind = 'ended'`,
} as const;

export function signalQueries(database: Database.Database, entries: EntryStatements) {
  const byId = database.prepare<[{ id: string }], Stored>(SIGNAL_SQL.byId);
  const open = database.prepare<[], string>(SIGNAL_SQL.open).pluck();
  const unscored = database.prepare<[], Stored>(SIGNAL_SQL.unscored);
  const hasEnded = database.prepare<[{ id: string }], number>(SIGNAL_SQL.hasEnded).pluck();
  const pages = new Map<string, Database.Statement<[Page], Stored>>();

  /** One statement for each combination of filters: twelve at most. */
  function pageStatement(filter: SignalFilter): Database.Statement<[Page], Stored> {
    const text = signalPageSql(filter);
    const known = pages.get(text);
    if (known !== undefined) return known;
    const prepared = database.prepare<[Page], Stored>(text);
    pages.set(text, prepared);
    return prepared;
  }

  function find(filter: SignalFilter): SignalRow[] {
    const { instrumentId, side, beforeSeq = Number.MAX_SAFE_INTEGER, limit } = filter;
    const range = entries.seqsBetween(filter);
    const page: Page = {
      ...(instrumentId !== undefined && { instrumentId }),
      ...(side !== undefined && { side }),
      afterSeq: range.afterSeq,
      lastSeq: Math.min(range.lastSeq, beforeSeq - 1),
      limit,
    };
    return pageStatement(filter).all(page).map(signalRow);
  }

  return {
    find,
    byId(id: string): SignalRow | null {
      const stored = byId.get({ id });
      return stored === undefined ? null : signalRow(stored);
    },
    open: (): Signal[] => open.all().map(openedSignal),
    unscored: (): SignalRow[] => unscored.all().map(signalRow),
    hasEnded: (id: string): boolean => hasEnded.get({ id }) !== undefined,
  };
}

export function openedSignal(body: string): Signal {
  return (JSON.parse(body) as Extract<SignalEvent, { event: 'opened' }>).signal;
}

function signalRow({ seq, opened, ended, scored }: Stored): SignalRow {
  return {
    seq,
    signal: openedSignal(opened),
    end: ended === null ? null : (JSON.parse(ended) as Ended),
    outcome: scored === null ? null : (JSON.parse(scored) as SignalOutcome),
  };
}
