import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalJson } from '../core/canonical-json.ts';
import type { CycleRecord, Head } from '../core/ledger.ts';
import type { SignalEvent } from '../core/signal.ts';
import type { DecisionKind } from '../core/vote.ts';
import { type Batch, configBatch, cycleBatch } from './batch.ts';
import { type EntryRow, entryHash, GENESIS_HASH } from './chain.ts';
import { CONFIG_VERSION, ended, opened, sampleRecord, sampleRecords, slotAtMs } from './sample.testing.ts';
import { emptyTip, settle } from './tip.ts';
import { verifyRows } from './verify.ts';

const noChecks = { checkDecision: () => null };

/** The rows of a configuration and these records. */
function rowsOf(records: readonly CycleRecord[]): EntryRow[] {
  const tip = emptyTip();
  const rows: EntryRow[] = [];
  function add(batch: Batch): void {
    const last = batch.kind === 'ready' ? batch.entries.at(-1) : undefined;
    if (batch.kind === 'refused' || last === undefined) throw new Error('the sample is refused');
    settle(tip, batch.draft, last);
  }
  const write = (row: EntryRow): void => {
    rows.push(row);
  };
  add(
    configBatch(
      tip,
      {
        version: CONFIG_VERSION,
        atMs: slotAtMs(0),
        label: { kind: 'LIVE' },
        config: { quorum: 0.6667 },
      },
      write,
    ),
  );
  for (const record of records) add(cycleBatch(tip, record, write));
  return rows;
}

function verify(rows: readonly EntryRow[], expectedHead?: Head) {
  return verifyRows(rows, rows.length, { ...noChecks, ...(expectedHead && { expectedHead }) });
}

/** As a forger would: changes one row or takes it away, then makes all hashes from there on right again. */
function forge(
  rows: readonly EntryRow[],
  at: number,
  change: (row: EntryRow) => EntryRow | null,
): EntryRow[] {
  const forged: EntryRow[] = [];
  for (const original of rows) {
    const row = original.seq === at ? change(original) : original;
    if (row === null) continue;
    const linked = { ...row, seq: forged.length + 1, prevHash: forged.at(-1)?.hash ?? GENESIS_HASH };
    forged.push({ ...linked, hash: entryHash(linked) });
  }
  return forged;
}

function withBody(row: EntryRow, changes: Record<string, unknown>): EntryRow {
  return { ...row, body: canonicalJson({ ...(JSON.parse(row.body) as object), ...changes }) };
}

describe('a tampered row', () => {
  const rows = rowsOf(sampleRecords());
  const columns = Object.keys(rows[0] as EntryRow) as (keyof EntryRow)[];

  test.each(columns.flatMap((column) => [2, 7, 11, 16].map((seq) => ({ column, seq }))))(
    'row $seq with another $column is named',
    ({ column, seq }) => {
      const tampered = rows.map((row) => {
        if (row.seq !== seq) return row;
        const value = row[column];
        return { ...row, [column]: typeof value === 'number' ? value + 1_000 : `${value ?? ''}x` };
      });
      expect(verify(tampered).fault?.seq).toBe(seq);
    },
  );

  test.each([1, 2, 9, 17])('row %d taken away is named', (seq) => {
    const { fault } = verify(rows.filter((row) => row.seq !== seq));
    expect(fault).toEqual({ seq, detail: `row ${seq} is missing: the next one is ${seq + 1}` });
  });

  test('a tail cut off at a cycle’s end shows only against a noted head', () => {
    const last = rows.at(-1) as EntryRow;
    const cut = rows.slice(0, 13);
    expect(verify(cut).fault).toBeNull();
    expect(verify(cut, { seq: last.seq, hash: last.hash }).fault?.seq).toBe(14);
  });

  test('a tail cut off within a cycle shows', () => {
    expect(verify(rows.slice(0, 15)).fault).toEqual({
      seq: 16,
      detail: 'it is missing: the last cycle has no closing cycle row',
    });
  });

  test('a row rewritten with its own hash shows at the next, which does not follow it', () => {
    const rewritten = forge(rows, 6, (row) => withBody(row, { detail: 'as if' })).slice(0, 6);
    expect(verify([...rewritten, ...rows.slice(6)]).fault).toEqual({
      seq: 7,
      detail: 'it does not follow row 6: its previous hash is another, so one of the two was rewritten',
    });
  });

  test('a row that cannot be read is a fault of that row', () => {
    function* unreadable() {
      yield* rows.slice(0, 5);
      throw new Error('database disk image is malformed');
    }
    expect(verifyRows(unreadable(), rows.length, noChecks)).toMatchObject({
      entries: 5,
      fault: { seq: 6, detail: 'it cannot be read: database disk image is malformed' },
    });
  });
});

describe('a forged row with all hashes made right again', () => {
  const rows = rowsOf([...sampleRecords(), sampleRecord(8, ['AAPL', 'TSLA'], { AAPL: 'SELL' })]);
  const leftOut = () => null;

  const forgeries: {
    what: string;
    at: number;
    change: (row: EntryRow) => EntryRow | null;
    fault: { seq: number; detail: RegExp };
  }[] = [
    {
      what: 'a decision’s kind without its column',
      at: 6,
      change: (row) => withBody(row, { kind: 'SELL' }),
      fault: { seq: 6, detail: /column kind is BUY, but its body says SELL/ },
    },
    {
      what: 'a decision’s kind with its column: the cycle counted otherwise',
      at: 6,
      change: (row) => ({ ...withBody(row, { kind: 'SELL' }), kind: 'SELL' }),
      fault: { seq: 8, detail: /its kinds is .*"BUY":1.*, but the decisions before it make .*"SELL":1/ },
    },
    {
      what: 'a decision about another instrument',
      at: 6,
      change: (row) => withBody(row, { instrumentId: 'TSLA' }),
      fault: { seq: 6, detail: /columns do not repeat its body: TSLA/ },
    },
    {
      what: 'a decision left out: something else stood',
      at: 17,
      change: leftOut,
      fault: { seq: 17, detail: /its kinds is/ },
    },
    {
      what: 'a decision left out that changed no count: another one stood',
      at: 19,
      change: leftOut,
      fault: { seq: 19, detail: /its outcomesDigest is/ },
    },
    {
      what: 'a signal left out: its end ends nothing',
      at: 7,
      change: leftOut,
      fault: { seq: 10, detail: /AAPL-\w+-BUY ends, but is not open/ },
    },
    {
      what: 'a signal under another side',
      at: 7,
      change: (row) => ({ ...row, side: 'SELL' }),
      fault: { seq: 7, detail: /column side is SELL, but its body says BUY/ },
    },
    {
      what: 'a cycle that says fewer were due',
      at: 9,
      change: (row) => withBody(row, { due: 2 }),
      fault: { seq: 9, detail: /its due is 2, but the decisions before it make 3/ },
    },
    {
      what: 'a cycle that says fewer were made',
      at: 9,
      change: (row) => withBody(row, { made: 2 }),
      fault: { seq: 9, detail: /its made is 2, but the decisions before it make 3/ },
    },
    {
      what: 'a cycle with another digest',
      at: 9,
      change: (row) => withBody(row, { outcomesDigest: GENESIS_HASH }),
      fault: { seq: 9, detail: /its outcomesDigest is "0{64}"/ },
    },
    {
      what: 'a first cycle that lists nobody',
      at: 5,
      change: (row) => withBody(row, { dueIds: null }),
      fault: { seq: 5, detail: /no cycle before it does/ },
    },
    {
      what: 'a cycle row left out amid two cycles',
      at: 8,
      change: leftOut,
      fault: { seq: 8, detail: /it names cycle 3 at \d+ amid the entries of cycle 2/ },
    },
    {
      what: 'an unknown type',
      at: 9,
      change: (row) => ({ ...row, type: 'note' }),
      fault: { seq: 9, detail: /type "note" is unknown/ },
    },
    {
      what: 'a body of another shape',
      at: 7,
      change: (row) => ({ ...row, body: '{"event":"opened"}' }),
      fault: { seq: 7, detail: /cannot be read/ },
    },
    {
      what: 'a body that is no JSON',
      at: 5,
      change: (row) => ({ ...row, body: '{' }),
      fault: { seq: 5, detail: /cannot be read: .*JSON/ },
    },
    {
      what: 'a configuration of another time',
      at: 1,
      change: (row) => ({ ...row, atMs: 5 }),
      fault: { seq: 1, detail: /columns do not repeat/ },
    },
  ];
  test.each(forgeries)('$what: row $fault.seq is named', ({ at, change, fault }) => {
    const report = verify(forge(rows, at, change));
    expect(report.fault).toEqual({ seq: fault.seq, detail: expect.stringMatching(fault.detail) });
    expect(report.entries).toBe(fault.seq - 1);
  });

  test('a whole rewritten record shows only against a noted head', () => {
    const noted = rows[9] as EntryRow;
    const rewritten = forge(rows, 6, (row) => withBody(row, { detail: 'as if' }));
    expect(verify(rewritten).fault).toBeNull();
    expect(verify(rewritten, { seq: noted.seq, hash: noted.hash }).fault?.seq).toBe(10);
  });
});

const DUE = ['AAPL', 'BTC-USD', 'TSLA'];
const anyKind = fc.constantFrom<DecisionKind>('BUY', 'SELL', 'HOLD', 'ABSTAIN');
const anyCycle = fc.record({ AAPL: anyKind, 'BTC-USD': anyKind, TSLA: anyKind }, { requiredKeys: [] });

/** A record in which decisions change at random, and a signal opens and ends with each change into BUY or SELL. */
const anyRows = fc
  .array(anyCycle, { minLength: 1, maxLength: 8 })
  .map((cycles) => rowsOf(cycles.reduce<CycleRecord[]>(withCycle, [allHold()])));

function allHold(): CycleRecord {
  return sampleRecord(1, DUE, Object.fromEntries(DUE.map((id) => [id, 'HOLD'])));
}

function withCycle(records: CycleRecord[], changes: Partial<Record<string, DecisionKind>>): CycleRecord[] {
  const cycle = records.length + 1;
  const events = Object.entries(changes).flatMap(([id, kind]): SignalEvent[] =>
    kind === 'BUY' || kind === 'SELL' ? [opened(id, kind, cycle), ended(id, kind, cycle, cycle)] : [],
  );
  return [...records, sampleRecord(cycle, DUE, changes as Record<string, DecisionKind>, events)];
}

function withByteFlipped(text: string, position: number, mask: number): string {
  const bytes = Buffer.from(text);
  const index = position % bytes.length;
  bytes[index] = (bytes[index] ?? 0) ^ mask;
  return bytes.toString();
}

describe('any record', () => {
  test('as written is well', () => {
    fc.assert(
      fc.property(anyRows, (rows) => {
        expect(verify(rows)).toMatchObject({ entries: rows.length, fault: null });
      }),
      { numRuns: 60 },
    );
  });

  test('with any byte of any stored text changed is found out at that row', () => {
    const anyFlip = fc.record({
      row: fc.nat(),
      column: fc.constantFrom('body', 'hash', 'prevHash', 'type', 'instrumentId', 'kind', 'side', 'signalId'),
      position: fc.nat(),
      mask: fc.integer({ min: 1, max: 255 }),
    });
    fc.assert(
      fc.property(anyRows, anyFlip, (rows, { row, column, position, mask }) => {
        const target = rows[row % rows.length] as EntryRow;
        const text = target[column];
        fc.pre(text !== null);
        const flipped = { ...target, [column]: withByteFlipped(text, position, mask) };
        const { fault } = verify(rows.map((other) => (other === target ? flipped : other)));
        expect(fault?.seq).toBe(target.seq);
      }),
      { numRuns: 300 },
    );
  });
});
