import Database from 'better-sqlite3';
import { canonicalJson } from '../../src/core/canonical-json.ts';
import type { Decision } from '../../src/core/decision.ts';
import { type Testimony, whatStands } from './witness.ts';

export type Judgement = {
  readonly rows: number;
  readonly cycles: number;
  readonly signalsOpened: number;
  /** Told, but not in the record; or in the record, but passed over by the stream. */
  readonly missing: readonly string[];
  /** In the record with another content than was told. */
  readonly altered: readonly string[];
  /** Told twice, or twice in the record. */
  readonly doubled: readonly string[];
};

type Row = {
  readonly seq: number;
  readonly type: string;
  readonly cycle: number;
  readonly instrumentId: string | null;
  readonly kind: string | null;
  readonly signalId: string | null;
  readonly body: string;
  readonly hash: string;
};

/** Holds what was told against the rows of the file, read without any of Sextant's own code for reading them. */
export function judge(path: string, testimony: Testimony): Judgement {
  const rows = readRows(path);
  const report = { missing: [] as string[], altered: [...testimony.contradictions], doubled: [] as string[] };
  if (testimony.doubled > 0) report.doubled.push(`${testimony.doubled} events came twice`);
  const bySeq = new Map(rows.map((row) => [row.seq, row]));
  for (const [id, told] of testimony.events) {
    const row = bySeq.get(id);
    if (row === undefined) report.missing.push(`event ${id}`);
    else if (row.type !== told.type || row.hash !== told.hash || row.body !== told.body)
      report.altered.push(`event ${id}`);
  }
  for (const { seq, type } of rows) {
    const due = type !== 'config' && seq <= testimony.lastId;
    if (due && !testimony.events.has(seq)) report.missing.push(`row ${seq} was passed over by the stream`);
  }
  judgeRows(rows, report);
  judgeAnswers(rows, testimony, report);
  const count = (type: string, kind?: string) =>
    rows.filter((row) => row.type === type && (kind === undefined || row.kind === kind)).length;
  return { rows: rows.length, cycles: count('cycle'), signalsOpened: count('signal', 'opened'), ...report };
}

function readRows(path: string): Row[] {
  const database = new Database(path, { readonly: true });
  try {
    return database
      .prepare<[], Row>(
        `SELECT seq, type, cycle, instrument_id AS instrumentId, kind, signal_id AS signalId, body, hash
           FROM entries ORDER BY seq`,
      )
      .all();
  } finally {
    database.close();
  }
}

function judgeRows(
  rows: readonly Row[],
  { missing, doubled }: { missing: string[]; doubled: string[] },
): void {
  const seen = new Set<string>();
  for (const row of rows) {
    if (row.type === 'config') continue;
    const key = keyOf(row);
    if (seen.has(key)) doubled.push(key);
    if (row.type === 'outcome' && !seen.has(`signal ${row.signalId} opened`))
      missing.push(`the signal of ${key}`);
    seen.add(key);
  }
}

/** What there may be once. */
function keyOf({ type, signalId, kind, instrumentId, cycle }: Row): string {
  if (type === 'outcome') return `outcome of ${signalId}`;
  return type === 'signal' ? `signal ${signalId} ${kind}` : `${type} ${instrumentId ?? ''} in cycle ${cycle}`;
}

function judgeAnswers(
  rows: readonly Row[],
  testimony: Testimony,
  { missing, altered }: { missing: string[]; altered: string[] },
): void {
  const compare = (what: string, told: string, found: string | undefined): void => {
    if (found === undefined) missing.push(what);
    else if (found !== told) altered.push(what);
  };
  const decisions = new Map<string, string>();
  const signals = new Map<string, string>();
  const ends = new Map<string, string>();
  const outcomes = new Map<string, string>();
  const cycles = new Set<number>();
  for (const row of rows) {
    if (row.type === 'cycle') cycles.add(row.cycle);
    if (row.type === 'decision') decisions.set(`${row.instrumentId}|${row.cycle}`, row.body);
    if (row.type === 'outcome' && row.signalId !== null) outcomes.set(row.signalId, row.body);
    if (row.type !== 'signal' || row.signalId === null) continue;
    const body = JSON.parse(row.body) as { readonly signal?: unknown };
    if (row.kind === 'opened') signals.set(row.signalId, canonicalJson(body.signal));
    else ends.set(row.signalId, row.body);
  }
  for (const [key, told] of testimony.decisions) compare(`decision ${key}`, told, decisions.get(key));
  for (const [id, told] of testimony.signals) compare(`signal ${id}`, told, signals.get(id));
  for (const [id, told] of testimony.ends) compare(`the end of signal ${id}`, told, ends.get(id));
  for (const [id, told] of testimony.outcomes) compare(`the outcome of signal ${id}`, told, outcomes.get(id));
  for (const [key, told] of testimony.standing) {
    const [instrumentId = '', cycle = ''] = key.split('|');
    const stood = cycles.has(Number(cycle)) ? standingAt(decisions, instrumentId, Number(cycle)) : undefined;
    compare(`what stood for ${key}`, told, stood);
  }
}

function standingAt(decisions: ReadonlyMap<string, string>, instrumentId: string, cycle: number) {
  for (let at = cycle; at > 0; at -= 1) {
    const body = decisions.get(`${instrumentId}|${at}`);
    if (body !== undefined) return whatStands(JSON.parse(body) as Decision);
  }
  return undefined;
}
