import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, expect, test } from 'vitest';
import { type EntryRow, entryHash, GENESIS_HASH } from '../ledger/chain.ts';
import { openSqliteLedger } from '../ledger/sqlite/ledger.ts';
import { verify } from './verify.ts';

const folder = mkdtempSync(join(tmpdir(), 'sextant-verify-'));
afterEach(() => {
  rmSync(folder, { recursive: true });
  process.exitCode = 0;
});

test('what a record from a stranger says of itself cannot drive the terminal', async () => {
  const path = join(folder, 'ledger.db');
  await (await openSqliteLedger({ path, mode: 'readWrite' })).close();
  const content: Omit<EntryRow, 'hash'> = {
    seq: 1,
    type: '\u001b[2J\u001b]0;all is well\u0007',
    cycle: 1,
    atMs: 1,
    instrumentId: null,
    kind: null,
    side: null,
    signalId: null,
    body: '{}',
    prevHash: GENESIS_HASH,
  };
  const database = new Database(path);
  database
    .prepare(
      `INSERT INTO entries VALUES (@seq, @type, @cycle, @atMs, @instrumentId, @kind, @side, @signalId, @body, @prevHash, @hash)`,
    )
    .run({ ...content, hash: entryHash(content) });
  database.close();

  const lines: string[] = [];
  const write = (text: string): void => void lines.push(text);
  await verify(
    { config: 'sextant.yaml', ledger: path },
    { isTerminal: false, columns: 80, line: write, note: write, json: () => {} },
  );
  expect(lines[0]).toContain('row 1: its type');
  expect(lines.join('')).not.toContain('\u001b');
});
