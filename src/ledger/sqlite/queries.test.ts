import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SignalFilter } from '../../core/ledger.ts';
import { DECISION_SQL } from './decisions.ts';
import { ENTRY_SQL } from './entries.ts';
import { OUTCOME_SQL } from './outcomes.ts';
import { migrate } from './schema.ts';
import { SIGNAL_SQL, signalPageSql } from './signals.ts';

/** Goal: no query walks the table or sorts, so that five million rows cost what five thousand cost. */

const folder = mkdtempSync(join(tmpdir(), 'sextant-plans-'));
const path = join(folder, 'ledger.db');
let database: Database.Database;

beforeAll(async () => {
  await migrate(new Database(path));
  database = new Database(path, { readonly: true });
});
afterAll(() => {
  database.close();
  rmSync(folder, { recursive: true });
});

/** The steps SQLite takes; a step names the index and, in brackets, the columns it seeks by. */
function planOf(text: string): string[] {
  const parameters = Object.fromEntries([...text.matchAll(/@(\w+)/g)].map(([, name = '']) => [name, 1]));
  return database
    .prepare<[Record<string, number>], { detail: string }>(`EXPLAIN QUERY PLAN ${text}`)
    .all(parameters)
    .map(({ detail }) => detail);
}

const BETWEEN = 'seq>? AND seq<?';
const ENDED = 'signals_by_id (signal_id=? AND kind=?)';
const SCORED = 'outcomes_by_signal (signal_id=?)';

const signalPages = [undefined, true, false].flatMap((open) => {
  const page = (filter: Omit<SignalFilter, 'limit'>) =>
    signalPageSql(open === undefined ? filter : { ...filter, open });
  const name = `signals${open === undefined ? '' : open ? ', open' : ', ended'}`;
  const ofInstrument = `signals_by_instrument (instrument_id=? AND kind=? AND ${BETWEEN})`;
  return [
    { name, text: page({}), uses: [`signals_by_seq (kind=? AND ${BETWEEN})`, ENDED, SCORED] },
    {
      name: `${name}, of a side`,
      text: page({ side: 'BUY' }),
      uses: [`signals_by_side (kind=? AND side=? AND ${BETWEEN})`, ENDED],
    },
    { name: `${name}, of an instrument`, text: page({ instrumentId: 'AAPL' }), uses: [ofInstrument, ENDED] },
    {
      name: `${name}, of both`,
      text: page({ instrumentId: 'AAPL', side: 'BUY' }),
      uses: [ofInstrument, ENDED],
    },
  ];
});

const queries = [
  { name: 'head', text: ENTRY_SQL.head, uses: ['INTEGER PRIMARY KEY (rowid=?)'] },
  { name: 'a range of entries', text: ENTRY_SQL.range, uses: ['INTEGER PRIMARY KEY (rowid>? AND rowid<?)'] },
  { name: 'newest configuration', text: ENTRY_SQL.newestConfig, uses: ['configs_by_seq'] },
  { name: 'configurations', text: ENTRY_SQL.newestConfigs, uses: ['configs_by_seq'] },
  { name: 'newest cycle', text: ENTRY_SQL.newestCycle, uses: ['cycles_by_time (at_ms=?)', 'cycles_by_time'] },
  { name: 'cycles up to a time', text: ENTRY_SQL.lastSeqUpTo, uses: ['cycles_by_time (at_ms<?)'] },
  { name: 'decisions', text: DECISION_SQL.page, uses: [`decisions_by_seq (${BETWEEN})`] },
  {
    name: 'decisions of an instrument',
    text: DECISION_SQL.pageOfInstrument,
    uses: [`decisions_by_instrument (instrument_id=? AND ${BETWEEN})`],
  },
  {
    name: 'decisions of a kind',
    text: DECISION_SQL.pageOfKind,
    uses: [`decisions_by_kind (kind=? AND ${BETWEEN})`],
  },
  {
    name: 'decisions of both',
    text: DECISION_SQL.pageOfInstrumentAndKind,
    uses: [`decisions_by_instrument_and_kind (instrument_id=? AND kind=? AND ${BETWEEN})`],
  },
  {
    name: 'standing decisions',
    text: DECISION_SQL.standing,
    uses: ['(instrument_id>?)', 'decisions_by_instrument (instrument_id=?)', 'INTEGER PRIMARY KEY (rowid=?)'],
  },
  {
    name: 'standpoints',
    text: DECISION_SQL.standpoints,
    uses: ['decisions_by_instrument (instrument_id=?)'],
  },
  { name: 'a signal by id', text: SIGNAL_SQL.byId, uses: [ENDED] },
  { name: 'open signals', text: SIGNAL_SQL.open, uses: ['signals_by_seq (kind=?)', ENDED] },
  { name: 'whether a signal has ended', text: SIGNAL_SQL.hasEnded, uses: [ENDED] },
  {
    name: 'signals without an outcome',
    text: SIGNAL_SQL.unscored,
    uses: ['signals_by_seq (kind=?)', SCORED],
  },
  { name: 'outcomes', text: OUTCOME_SQL.page, uses: [`outcomes_by_seq (${BETWEEN})`, ENDED] },
  {
    name: 'outcomes of an instrument',
    text: OUTCOME_SQL.pageOfInstrument,
    uses: [`outcomes_by_instrument (instrument_id=? AND ${BETWEEN})`, ENDED],
  },
  ...signalPages,
];

describe('each query goes straight to its rows', () => {
  test.each(queries)('$name', ({ text, uses }) => {
    const plan = planOf(text);
    expect(plan.filter((step) => /TEMP B-TREE|SCAN (entries|opened|ended|scored)/.test(step))).toEqual([]);
    for (const use of uses) expect(plan.join('\n')).toContain(use);
  });

  test('every query of the four modules is among them', () => {
    const { insert: _, ...reads } = ENTRY_SQL;
    const known = queries.map(({ text }) => text);
    const all = [reads, DECISION_SQL, SIGNAL_SQL, OUTCOME_SQL].flatMap((module): string[] =>
      Object.values(module),
    );
    expect(all.filter((text) => !known.includes(text))).toEqual([]);
  });

  test('a query without an index would be noticed', () => {
    expect(planOf('SELECT body FROM entries WHERE cycle = @cycle ORDER BY hash')).toEqual([
      'SCAN entries',
      'USE TEMP B-TREE FOR ORDER BY',
    ]);
  });
});
