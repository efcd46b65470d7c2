import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  CONFIG_VERSION,
  opened,
  sampleRecord,
  sampleRecords,
  sampleSignal,
  slotAtMs,
} from '../ledger/sample.testing.ts';
import { openSqliteLedger } from '../ledger/sqlite/ledger.ts';
import type { Output } from './output.ts';
import { type SignalsOptions, signals } from './signals.ts';
import { why } from './why.ts';

const folder = mkdtempSync(join(tmpdir(), 'sextant-signals-'));
afterAll(() => rmSync(folder, { recursive: true }));

const few = join(folder, 'few.db');
const many = join(folder, 'many.db');
/** More than the ledger gives at once. */
const MANY = 620;

beforeAll(async () => {
  const ledger = await openSqliteLedger({ path: few, mode: 'readWrite' });
  const start = { version: CONFIG_VERSION, atMs: slotAtMs(0), label: { kind: 'LIVE' } as const, config: {} };
  await ledger.appendConfig(start);
  for (const record of sampleRecords()) await ledger.append(record);
  await ledger.close();

  const long = await openSqliteLedger({ path: many, mode: 'readWrite', isRepeatable: true });
  await long.appendConfig(start);
  for (let cycle = 1; cycle <= MANY; cycle += 1)
    await long.append(sampleRecord(cycle, [], {}, [opened('AAPL', 'BUY', cycle)]));
  await long.close();
});

function outputTo(lines: string[], values: unknown[] = []): Output {
  return {
    isTerminal: false,
    columns: 120,
    line: (text) => void lines.push(stripVTControlCharacters(text)),
    note: (text) => void lines.push(text),
    json: (value) => void values.push(value),
  };
}

async function shown(options: Partial<SignalsOptions>): Promise<string> {
  const lines: string[] = [];
  await signals({ config: 'sextant.yaml', ledger: few, limit: 20, ...options }, outputTo(lines));
  return lines.join('\n');
}

describe('sextant signals', () => {
  test('says of which symbol there is no signal', async () => {
    expect(await shown({ symbol: 'TSLA' })).toBe(`no signal of TSLA in ${few} yet`);
    expect(await shown({ symbol: 'TSLA', open: true })).toBe(`no open signal of TSLA in ${few} yet`);
    expect(await shown({})).toContain('AAPL-');
  });

  test('a folder is no record', async () => {
    await expect(shown({ ledger: folder })).rejects.toThrow(`${folder} is a folder: name the record in it`);
  });

  test.each([[1], [500], [501], [MANY + 1]])('gives the newest %d, however many that is', async (limit) => {
    const values: unknown[] = [];
    const options = { config: 'sextant.yaml', ledger: many, limit, json: true };
    await signals(options, outputTo([], values));
    const [{ signals: rows }] = values as [{ signals: { signal: { id: string } }[] }];
    expect(rows).toHaveLength(Math.min(limit, MANY));
    expect(rows[0]?.signal.id).toBe(sampleSignal('AAPL', 'BUY', MANY).id);
    expect(new Set(rows.map(({ signal }) => signal.id)).size).toBe(rows.length);
  });
});

test('sextant why takes a moment for a symbol, not for a signal', async () => {
  const [first] = (await openSqliteLedger({ path: few, mode: 'readOnly' }).then(async (ledger) => {
    const rows = await ledger.signals({ limit: 1 });
    await ledger.close();
    return rows;
  })) as [{ signal: { id: string } }];
  const options = { config: 'sextant.yaml', ledger: few, at: slotAtMs(2) };
  await expect(why(first.signal.id, options, outputTo([]))).rejects.toThrow('--at goes with a symbol');
});
