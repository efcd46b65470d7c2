import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Head, VerifyReport } from '../../core/ledger.ts';
import { sampleRecords } from '../sample.testing.ts';
import { openSqliteLedger } from './ledger.ts';

/** Goal: whoever changes the file behind Sextant's back is found out, and the first bad row is named. */

const folder = mkdtempSync(join(tmpdir(), 'sextant-tamper-'));
const untouched = join(folder, 'untouched.db');
const path = join(folder, 'ledger.db');
let head: Head;

beforeAll(async () => {
  const ledger = await openSqliteLedger({ path: untouched, mode: 'readWrite' });
  for (const record of sampleRecords()) await ledger.append(record);
  head = (await ledger.head()) as Head;
  await ledger.close();
});
beforeEach(() => copyFileSync(untouched, path));
afterAll(() => rmSync(folder, { recursive: true }));

async function verify(expectedHead?: Head): Promise<VerifyReport> {
  const ledger = await openSqliteLedger({ path, mode: 'readOnly' });
  try {
    return await ledger.verify({ checkDecision: () => null, ...(expectedHead && { expectedHead }) });
  } finally {
    await ledger.close();
  }
}

function alter(sql: string): number {
  const database = new Database(path);
  try {
    database.exec('DROP TRIGGER entries_are_never_updated; DROP TRIGGER entries_are_never_deleted');
    return database.prepare(sql).run().changes;
  } finally {
    database.close();
  }
}

test('the untouched file is well', async () => {
  expect(await verify(head)).toMatchObject({
    entries: 17,
    decisions: 7,
    signals: 4,
    cycles: 6,
    head,
    fault: null,
  });
});

test.each([
  'UPDATE entries SET body = body',
  'DELETE FROM entries WHERE seq = 17',
  `INSERT INTO entries SELECT seq + 100, type, cycle, at_ms, instrument_id, kind, side, signal_id, body, prev_hash, hash
     FROM entries WHERE seq = 1`,
  'INSERT OR REPLACE INTO entries SELECT * FROM entries WHERE seq = 3',
])('the store itself refuses: %s', (sql) => {
  const database = new Database(path);
  expect(() => database.exec(sql)).toThrow(/the ledger (only )?appends/);
  database.close();
});

describe('with the triggers dropped', () => {
  const replaced = (seq: number, from: string, to: string) =>
    `UPDATE entries SET body = replace(body, '${from}', '${to}') WHERE seq = ${seq}`;

  test.each([
    { what: 'a decision’s kind', sql: replaced(5, '"kind":"BUY"', '"kind":"BUX"'), seq: 5 },
    {
      what: 'a weight in a certificate',
      sql: replaced(5, '"weightPpb":250000000', '"weightPpb":250000001'),
      seq: 5,
    },
    { what: 'a bound in a certificate', sql: replaced(5, '"low":0.', '"low":1.'), seq: 5 },
    { what: 'a signal’s entry', sql: replaced(6, '"entry":184.37', '"entry":184.47'), seq: 6 },
    { what: 'a signal’s end', sql: replaced(10, '"cause":"flip"', '"cause":"stop"'), seq: 10 },
    { what: 'a cycle’s count', sql: replaced(8, '"made":3', '"made":2'), seq: 8 },
    { what: 'a column', sql: "UPDATE entries SET kind = 'HOLD' WHERE seq = 5", seq: 5 },
    { what: 'an instrument', sql: "UPDATE entries SET instrument_id = 'TSLA' WHERE seq = 5", seq: 5 },
    { what: 'a time', sql: 'UPDATE entries SET at_ms = at_ms + 1 WHERE seq = 8', seq: 8 },
    { what: 'a hash', sql: 'UPDATE entries SET hash = prev_hash WHERE seq = 9', seq: 9 },
    { what: 'a previous hash', sql: 'UPDATE entries SET prev_hash = hash WHERE seq = 9', seq: 9 },
    { what: 'a seq', sql: 'UPDATE entries SET seq = 99 WHERE seq = 17', seq: 17 },
    { what: 'a row deleted', sql: 'DELETE FROM entries WHERE seq = 12', seq: 12 },
    { what: 'a cycle’s tail cut off', sql: 'DELETE FROM entries WHERE seq = 17', seq: 17 },
  ])('$what: row $seq is named', async ({ sql, seq }) => {
    expect(alter(sql)).toBe(1);
    expect((await verify()).fault?.seq).toBe(seq);
  });

  test('whole cycles cut off show only against a noted head', async () => {
    expect(alter('DELETE FROM entries WHERE seq > 12')).toBe(5);
    expect((await verify()).fault).toBeNull();
    expect((await verify(head)).fault?.seq).toBe(13);
  });
});

describe('changed in the file itself', () => {
  function change(text: string, position: number): void {
    const bytes = readFileSync(path);
    const at = bytes.indexOf(text);
    expect(at).toBeGreaterThan(0);
    bytes[at + position] = (bytes[at + position] ?? 0) ^ 1;
    writeFileSync(path, bytes);
  }

  test.each([
    { what: 'a decision', text: '"kind":"SELL"', seq: 9 },
    { what: 'a certificate', text: '"scoreMicro":-640000', seq: 9 },
    { what: 'a signal', text: '"target":181.37', seq: 11 },
    { what: 'a cycle', text: '"cycle":3,', seq: 8 },
  ])('one byte of $what: row $seq is named', async ({ text, seq }) => {
    change(text, text.length - 2);
    expect((await verify()).fault?.seq).toBe(seq);
  });

  test('one byte in an index: all rows are there, but a query would miss one', async () => {
    // Within an index the id is followed directly by the event's name, never within the table.
    change('AAPL-20260115T143010Z-BUYopened', 0);
    const { fault, entries } = await verify();
    expect(entries).toBe(17);
    expect(fault?.detail).toMatch(/the database file is damaged: .*signals_by_id/);
    expect(fault?.seq).toBe(6);
  });

  test('a whole page: its first row is named', async () => {
    const database = new Database(path);
    const leaf = database.prepare<[string], { page: number; rows: number }>(
      `SELECT pageno AS page, ncell AS rows FROM dbstat WHERE name = 'entries' AND path = ?`,
    );
    const [rowsBefore, page] = [leaf.get('/000/')?.rows ?? 0, leaf.get('/001/')?.page ?? 0];
    database.close();
    expect(rowsBefore).toBeGreaterThan(0);
    const bytes = readFileSync(path).fill(0xff, (page - 1) * 4096, page * 4096);
    writeFileSync(path, bytes);
    expect(await verify()).toMatchObject({
      entries: rowsBefore,
      fault: { seq: rowsBefore + 1, detail: 'it cannot be read: database disk image is malformed' },
    });
  });
});
