import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import Database from 'better-sqlite3';
import { percentile } from '../lab/critical-path.ts';
import { commitText, machineText } from '../lab/provenance.ts';
import { createApi } from '../src/api/api.ts';
import type { SignalOutcome } from '../src/core/outcome.ts';
import type { SignalEvent } from '../src/core/signal.ts';
import type { DecisionKind } from '../src/core/vote.ts';
import {
  CONFIG_VERSION,
  ended,
  opened,
  resolved,
  sampleRecord,
  signalIdOf,
  slotAtMs,
} from '../src/ledger/sample.testing.ts';
import { DECISION_SQL } from '../src/ledger/sqlite/decisions.ts';
import { ENTRY_SQL } from '../src/ledger/sqlite/entries.ts';
import { openSqliteLedger } from '../src/ledger/sqlite/ledger.ts';
import { OUTCOME_SQL } from '../src/ledger/sqlite/outcomes.ts';
import { SIGNAL_SQL, signalPageSql } from '../src/ledger/sqlite/signals.ts';
import { createTrackRecord } from '../src/outcomes/statistics-record.ts';
import { createSystemClock } from '../src/platform/system-clock.ts';
import { quietLive } from './quiet-live.ts';

/**
 * What the API's questions to a large record cost: over the API as it is, and the bare statements with the indexes and
 * without them. The record is written by the real ledger, chain, admission and fsync included.
 *
 *     node bench/ledger.ts --decisions 5000000
 */

const { values: args } = parseArgs({ options: { decisions: { type: 'string', default: '5000000' } } });

const decisions = Number(args.decisions);
const nameOf = (i: number): string =>
  `S${[676, 26, 1].map((unit) => String.fromCharCode(65 + (Math.floor(i / unit) % 26))).join('')}`;
const INSTRUMENTS = Array.from({ length: 2_000 }, (_, i) => nameOf(i));
/** How many change their mind in each cycle; of the first ten, signals are kept too. */
const CHANGES_PER_CYCLE = 1_000;
const SIGNALLING = 10;
const KINDS: readonly DecisionKind[] = ['BUY', 'HOLD', 'SELL', 'ABSTAIN'];
const REPETITIONS = 31;
const REPETITIONS_WITHOUT = 3;

const clock = createSystemClock();
const folder = mkdtempSync(join(tmpdir(), 'sextant-ledger-bench-'));
const path = join(folder, 'ledger.db');

const kindOf = (instrument: number, cycle: number): DecisionKind =>
  KINDS[(instrument + Math.floor(cycle / 2)) % KINDS.length] ?? 'HOLD';

type Changes = {
  readonly changes: Record<string, DecisionKind>;
  readonly events: SignalEvent[];
  readonly outcomes: SignalOutcome[];
};

/** Half of the instruments change in odd cycles, the other half in even ones; each signal that ends has its outcome. */
function changesOf(cycle: number): Changes {
  const first = cycle % 2 === 0 ? 0 : CHANGES_PER_CYCLE;
  const changes: Record<string, DecisionKind> = {};
  const events: SignalEvent[] = [];
  const outcomes: SignalOutcome[] = [];
  for (let i = first; i < first + CHANGES_PER_CYCLE; i += 1) {
    const id = INSTRUMENTS[i] ?? '';
    const kind = kindOf(i, cycle);
    changes[id] = kind;
    if (i >= SIGNALLING) continue;
    const before = kindOf(i, cycle - 2);
    if (cycle > 2 && (before === 'BUY' || before === 'SELL')) {
      events.push(ended(id, before, cycle - 2, cycle));
      outcomes.push(resolved(id, before, cycle - 2, cycle));
    }
    if (kind === 'BUY' || kind === 'SELL') events.push(opened(id, kind, cycle));
  }
  return { changes, events, outcomes };
}

async function fill(): Promise<number> {
  const ledger = await openSqliteLedger({ path, mode: 'readWrite' });
  await ledger.appendConfig({
    version: CONFIG_VERSION,
    atMs: slotAtMs(0),
    label: { kind: 'SIMULATED', seed: 'bench' },
    config: {},
  });
  const cycles = Math.ceil(decisions / CHANGES_PER_CYCLE);
  for (let cycle = 1; cycle <= cycles; cycle += 1) {
    const { changes, events, outcomes } = changesOf(cycle);
    const due = cycle === 1 ? Object.keys(changes) : INSTRUMENTS;
    await ledger.append(sampleRecord(cycle, due, changes, events, outcomes));
    if (cycle % 500 === 0) console.error(`${cycle * CHANGES_PER_CYCLE} decisions written`);
  }
  await ledger.close();
  return cycles;
}

type Query = {
  readonly name: string;
  readonly url: string;
  readonly sql: string;
  readonly values: Record<string, unknown>;
  /** Without indexes it walks the table once for each row of the table: not run. */
  readonly isQuadratic?: true;
};

function queriesOver(cycles: number): Query[] {
  const middle = Math.floor(cycles / 2);
  const page = { afterSeq: 0, lastSeq: Number.MAX_SAFE_INTEGER, limit: 100 };
  const from = new Date(slotAtMs(middle)).toISOString();
  // A cycle has its changes and its own row, and some signals: near enough for a place in the middle.
  const between = { ...page, afterSeq: Math.floor((decisions * 1.01) / 2) };
  const decisionsUrl = '/api/v1/decisions?limit=100';
  const outcomesUrl = '/api/v1/outcomes?limit=100';
  const signalsUrl = '/api/v1/signals?limit=100';
  const id = signalIdOf(
    nameOf(0),
    'BUY',
    Array.from({ length: 8 }, (_, i) => 4 * Math.floor(middle / 4) + i).find(
      (cycle) => cycle % 2 === 0 && kindOf(0, cycle) === 'BUY',
    ) ?? 0,
  );
  return [
    { name: 'newest decisions', url: decisionsUrl, sql: DECISION_SQL.page, values: page },
    {
      name: 'of an instrument',
      url: `${decisionsUrl}&instrument=SCAA`,
      sql: DECISION_SQL.pageOfInstrument,
      values: { ...page, instrumentId: 'SCAA' },
    },
    {
      name: 'of a kind',
      url: `${decisionsUrl}&kind=SELL`,
      sql: DECISION_SQL.pageOfKind,
      values: { ...page, kind: 'SELL' },
    },
    {
      name: 'of both',
      url: `${decisionsUrl}&instrument=SCAA&kind=SELL`,
      sql: DECISION_SQL.pageOfInstrumentAndKind,
      values: { ...page, instrumentId: 'SCAA', kind: 'SELL' },
    },
    {
      name: 'of both, second half of the time',
      url: `${decisionsUrl}&instrument=SCAA&kind=SELL&from=${from}`,
      sql: DECISION_SQL.pageOfInstrumentAndKind,
      values: { ...between, instrumentId: 'SCAA', kind: 'SELL' },
    },
    { name: 'newest signals', url: signalsUrl, sql: signalPageSql({}), values: page },
    {
      name: 'open signals',
      url: `${signalsUrl}&open=true`,
      sql: SIGNAL_SQL.open,
      values: {},
      isQuadratic: true,
    },
    {
      name: 'signals of both',
      url: `${signalsUrl}&instrument=SAAD&side=BUY`,
      sql: signalPageSql({ instrumentId: 'SAAD', side: 'BUY' }),
      values: { ...page, instrumentId: 'SAAD', side: 'BUY' },
    },
    {
      name: 'newest outcomes',
      url: outcomesUrl,
      sql: OUTCOME_SQL.page,
      values: { ...page, kind: null, side: null },
    },
    {
      name: 'outcomes of an instrument and a side',
      url: `${outcomesUrl}&instrument=SAAD&side=BUY`,
      sql: OUTCOME_SQL.pageOfInstrument,
      values: { ...page, instrumentId: 'SAAD', kind: null, side: 'BUY' },
    },
    { name: 'a signal', url: `/api/v1/signals/${id}`, sql: SIGNAL_SQL.byId, values: { id } },
    { name: 'the head (/health/ready)', url: '/health/ready', sql: ENTRY_SQL.head, values: {} },
  ];
}

async function medianMs(run: () => unknown, repetitions: number): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < repetitions; i += 1) {
    const startedMs = clock.elapsedMs();
    await run();
    times.push(clock.elapsedMs() - startedMs);
  }
  return percentile(times, 0.5) ?? Number.NaN;
}

async function overApi(queries: readonly Query[]): Promise<number[]> {
  const ledger = await openSqliteLedger({ path, mode: 'readOnly' });
  const api = await createApi({
    ledger,
    live: quietLive,
    trackRecord: createTrackRecord({ ledger, data: 'SIMULATED', pause: async () => {} }),
    server: { host: '127.0.0.1', port: 0 },
    webRoot: null,
    clock,
  });
  const headers = { host: '127.0.0.1:0' };
  const times: number[] = [];
  for (const { name, url } of queries) {
    const { statusCode, body } = await api.app.inject({ url, headers });
    if (statusCode !== 200) throw new RangeError(`${name}: ${statusCode} ${body.slice(0, 200)}`);
    times.push(await medianMs(() => api.app.inject({ url, headers }), REPETITIONS));
  }
  await api.close();
  await ledger.close();
  return times;
}

async function bare(
  queries: readonly Query[],
  repetitions: number,
  textOf: (sql: string) => string,
): Promise<{ ms: number; plan: string }[]> {
  const database = new Database(path);
  const found: { ms: number; plan: string }[] = [];
  for (const { name, sql, values } of queries) {
    const text = textOf(sql);
    const plan = database
      .prepare<[Record<string, unknown>], { detail: string }>(`EXPLAIN QUERY PLAN ${text}`)
      .all(values);
    const statement = database.prepare(text);
    console.error(`measuring: ${name}`);
    found.push({
      ms: await medianMs(() => statement.all(values), repetitions),
      plan: plan.map(({ detail }) => detail).join('; '),
    });
  }
  database.close();
  return found;
}

function dropIndexes(): void {
  const database = new Database(path);
  database.pragma('journal_mode = OFF');
  const names = database
    .prepare<[], string>("SELECT name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL")
    .pluck()
    .all();
  for (const name of names) database.exec(`DROP INDEX ${name}`);
  database.close();
}

try {
  const startedMs = clock.elapsedMs();
  const cycles = await fill();
  const seconds = (clock.elapsedMs() - startedMs) / 1_000;
  console.log(
    `# ${decisions.toLocaleString('en-US')} decisions, ${(statSync(path).size / 2 ** 30).toFixed(2)} GiB, written in ${seconds.toFixed(0)} s; ${machineText()}; commit ${commitText()}`,
  );
  const queries = queriesOver(cycles);
  const api = await overApi(queries);
  const indexed = await bare(queries, REPETITIONS, (sql) => sql);
  dropIndexes();
  const runnable = queries.filter(({ isQuadratic }) => isQuadratic === undefined);
  const bareTimes = await bare(runnable, REPETITIONS_WITHOUT, (sql) => sql.replaceAll(/INDEXED BY \w+/g, ''));
  const without = new Map(runnable.map(({ name }, i) => [name, bareTimes[i]?.ms]));
  console.log(
    '\n| question | API, ms | statement, ms | without indexes, ms | plan |\n| --- | --- | --- | --- | --- |',
  );
  for (const [i, { name }] of queries.entries())
    console.log(
      `| ${name} | ${api[i]?.toFixed(2)} | ${indexed[i]?.ms.toFixed(3)} | ${without.get(name)?.toFixed(0) ?? 'not run: quadratic'} | ${indexed[i]?.plan} |`,
    );
} finally {
  rmSync(folder, { recursive: true, force: true });
}
