import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type EntryRow, entryHash } from '../src/ledger/chain.ts';
import { sextant } from './accept/sextant-child.ts';

/** Goal: one changed byte anywhere in the record of a real run, and `sextant verify` names exactly that row. */

const folder = mkdtempSync(join(tmpdir(), 'sextant-tampered-'));
const untouched = join(folder, 'untouched.db');
const path = join(folder, 'ledger.db');

beforeAll(async () => {
  const pace = ['--cycles', '90', '--cycle-ms', '60000', '--speed', '100000'];
  const { code, stderr } = await sextant('demo', '--ledger', untouched, '--port', '0', ...pace);
  expect(stderr).toContain('due decisions made');
  expect(code).toBe(0);
});
afterAll(() => rmSync(folder, { recursive: true }));

type Place = { readonly seq: number; readonly body: string };

/** The middle one of the rows of a type whose body holds `text`. */
function middleRow(database: Database.Database, type: string, text: string): Place {
  const rows = database
    .prepare<[string, string], Place>(
      'SELECT seq, body FROM entries WHERE type = ? AND instr(body, ?) > 0 ORDER BY seq',
    )
    .all(type, text);
  const row = rows[Math.floor(rows.length / 2)];
  if (row === undefined) throw new Error(`the run made no ${type} with ${text}`);
  return row;
}

/** Changes one byte right after `text`, as somebody would who may write to the file; returns its row. */
function flipByteAfter(
  type: string,
  text: string,
  afterwards = (_database: Database.Database) => {},
): number {
  copyFileSync(untouched, path);
  const database = new Database(path);
  try {
    const { seq, body } = middleRow(database, type, text);
    const at = body.indexOf(text) + text.length;
    const digit = body.charCodeAt(at) - 48;
    expect(digit).toBeGreaterThanOrEqual(0);
    expect(digit).toBeLessThanOrEqual(9);
    const changed = `${body.slice(0, at)}${digit === 9 ? 8 : digit + 1}${body.slice(at + 1)}`;
    database.exec('DROP TRIGGER entries_are_never_updated');
    database.prepare('UPDATE entries SET body = ? WHERE seq = ?').run(changed, seq);
    afterwards(database);
    return seq;
  } finally {
    database.close();
  }
}

/** What an attacker does who knows how the chain is made. */
function sealAnew(database: Database.Database): void {
  const rows = database
    .prepare<[], EntryRow>(
      `SELECT seq, type, cycle, at_ms AS atMs, instrument_id AS instrumentId, kind, side, signal_id AS signalId, body,
         prev_hash AS prevHash, hash FROM entries ORDER BY seq`,
    )
    .all();
  const update = database.prepare('UPDATE entries SET prev_hash = ?, hash = ? WHERE seq = ?');
  let prevHash = rows[0]?.prevHash ?? '';
  database.transaction(() => {
    for (const row of rows) {
      const hash = entryHash({ ...row, prevHash });
      update.run(prevHash, hash, row.seq);
      prevHash = hash;
    }
  })();
}

test('an untouched record is whole', async () => {
  const { code, stdout } = await sextant('verify', '--ledger', untouched);
  expect(stdout).toMatch(/is whole: \d+ rows, 90 cycles/);
  expect(code).toBe(0);
});

describe('one byte is changed', () => {
  test.each([
    ['in the price of a decision', 'decision', '"asOfMs":'],
    ['in the confidence of a decision', 'decision', '"confidence":0.'],
    ['in the threshold of a certificate', 'decision', '"thetaMicro":'],
    ['in a voter’s weight in a certificate', 'decision', '"weightPpb":'],
    ['in the entry of a signal', 'signal', '"entry":'],
    ['in the digest of a cycle', 'cycle', '"cycle":'],
    ['in the configuration', 'config', '"cycleMs":'],
  ])('%s', async (_, type, text) => {
    const seq = flipByteAfter(type, text);
    const { code, stdout } = await sextant('verify', '--ledger', path);
    expect(stdout).toContain(`${path} is damaged: row ${seq}: its content does not match its hash`);
    expect(stdout).toContain(`rows 1 to ${seq - 1} are whole`);
    expect(code).toBe(1);
  });
});

test.each(['"scoreMicro":', '"low":0.'])(
  'a certificate that is changed after %s and sealed anew no longer adds up',
  async (text) => {
    const seq = flipByteAfter('decision', text, sealAnew);
    const { code, stdout } = await sextant('verify', '--ledger', path);
    expect(stdout).toContain(`${path} is damaged: row ${seq}: `);
    expect(stdout).not.toContain('does not match its hash');
    expect(code).toBe(1);
  },
);

test('a record sealed anew without any other change is the same record', async () => {
  copyFileSync(untouched, path);
  const database = new Database(path);
  database.exec('DROP TRIGGER entries_are_never_updated');
  sealAnew(database);
  database.close();
  expect((await sextant('verify', '--ledger', path)).code).toBe(0);
});

test('a record sealed anew with a change that adds up is found out by a head noted before', async () => {
  const { stdout: whole } = await sextant('verify', '--ledger', untouched);
  const head = /head (\S+)/.exec(whole)?.[1] ?? '';
  const seq = flipByteAfter('signal', '"confidence":', sealAnew);
  expect(seq).toBeGreaterThan(0);
  expect((await sextant('verify', '--ledger', path)).code).toBe(0);
  const { code, stdout } = await sextant('verify', '--ledger', path, '--head', head);
  expect(stdout).toContain('is damaged');
  expect(code).toBe(1);
});
