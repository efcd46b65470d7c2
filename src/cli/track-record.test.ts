import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { DataLabel } from '../core/live.ts';
import type { SignalOutcome } from '../core/outcome.ts';
import {
  CONFIG_VERSION,
  outcomesRecord,
  resolved,
  sampleRecords,
  slotAtMs,
} from '../ledger/sample.testing.ts';
import { openSqliteLedger } from '../ledger/sqlite/ledger.ts';
import type { Output } from './output.ts';
import { type TrackRecordOptions, trackRecord } from './track-record.ts';

const folder = mkdtempSync(join(tmpdir(), 'sextant-record-'));
afterAll(() => rmSync(folder, { recursive: true }));

const SIMULATED: DataLabel = { kind: 'SIMULATED', seed: 'test' };
const plain = join(folder, 'plain.db');
const mixed = join(folder, 'mixed.db');
const enough = join(folder, 'enough.db');
const empty = join(folder, 'empty.db');

/** A record with one resolved outcome and one unresolved. */
async function write(
  path: string,
  outcomesMin: number,
  { later, outcomes }: { later?: DataLabel; outcomes?: readonly SignalOutcome[] } = {},
): Promise<void> {
  const ledger = await openSqliteLedger({ path, mode: 'readWrite' });
  const config = { outcomes: { outcomesMin } };
  await ledger.appendConfig({ version: CONFIG_VERSION, atMs: slotAtMs(0), label: SIMULATED, config });
  for (const record of [...sampleRecords(), outcomesRecord(outcomes)]) await ledger.append(record);
  if (later !== undefined)
    await ledger.appendConfig({ version: 'later', atMs: slotAtMs(9), label: later, config });
  await ledger.close();
}

beforeAll(async () => {
  await write(plain, 30);
  await write(mixed, 30, { later: { kind: 'LIVE' } });
  const both = [resolved('AAPL', 'BUY', 2, 8), resolved('AAPL', 'SELL', 4, 8)];
  await write(enough, 2, { outcomes: both });
  await (await openSqliteLedger({ path: empty, mode: 'readWrite' })).close();
});

async function shown(options: Partial<TrackRecordOptions>): Promise<{ text: string; json: unknown }> {
  const lines: string[] = [];
  let json: unknown;
  const output: Output = {
    isTerminal: false,
    columns: 120,
    line: (text) => void lines.push(text),
    note: (text) => void lines.push(text),
    json: (value) => {
      json = value;
    },
  };
  await trackRecord({ config: 'sextant.yaml', ledger: plain, ...options }, output);
  return { text: stripVTControlCharacters(lines.join('\n')), json };
}

describe('sextant record', () => {
  test('says on what prices it rests, and that few outcomes are no statistic', async () => {
    const { text } = await shown({});
    expect(text).toContain('SIMULATED (seed test)');
    expect(text).toBe(
      'SIMULATED (seed test)\noutcomes: 1 resolved, 1 unresolved (gap 1)\nnot enough outcomes (1 of 30)',
    );
    const { text: bySide } = await shown({ by: 'side' });
    expect(bySide).toMatch(/BUY +1 +not enough outcomes \(1 of 30\)/);
    expect(bySide).not.toMatch(/\d %/);
  });

  test('shows every figure once there are enough, and why it has no interval', async () => {
    const { text } = await shown({ ledger: enough });
    expect(text).toMatch(/win rate +100\.0 % +no interval over 1 day, of 10 +2 +1 *\n/);
    expect(text).toContain('Costs and slippage of 0.060 % a signal are taken off');
    expect(text).toMatch(
      /alpaca +2 +1 +50\.0 % \(no interval over 1 day, of 10\) +1 +not enough outcomes \(1 of 2\)/,
    );
    expect(text).toMatch(/0\.2–0\.3 +2 +1 +23\.0 % +100\.0 %/);
    expect(text).toMatch(/week from/);
  });

  test('counts only what was recorded in the time that is asked for', async () => {
    expect((await shown({ from: slotAtMs(9) })).text).toContain('outcomes: 0 resolved, 0 unresolved');
    expect((await shown({ symbol: 'TSLA' })).text).toContain('outcomes: 0 resolved');
  });

  test('gives programs the statistics, with their label', async () => {
    const { json } = await shown({ json: true, by: 'regime' });
    expect(json).toMatchObject({ label: SIMULATED, all: { resolved: 1 }, slices: [{ key: 'trend' }] });
  });

  test('never blends simulated and live prices', async () => {
    await expect(shown({ ledger: mixed })).rejects.toThrow(
      'holds LIVE and SIMULATED prices, which never count together: name one with --data',
    );
    expect((await shown({ ledger: mixed, data: 'SIMULATED' })).text).toContain('outcomes: 1 resolved');
    const { text } = await shown({ ledger: mixed, data: 'LIVE' });
    expect(text).toContain('outcomes: 0 resolved, 0 unresolved; 2 set aside');
    expect(text).not.toContain('SIMULATED');
    await expect(shown({ ledger: mixed, data: 'REPLAY' })).rejects.toThrow('holds no REPLAY prices');
    await expect(shown({ ledger: empty })).rejects.toThrow('is empty');
  });

  test('exports to a file that is there only when it is whole', async () => {
    const file = join(folder, 'outcomes.csv');
    const { text } = await shown({ export: file });
    expect(text).toBe('2 outcomes written');
    expect(readFileSync(file, 'utf8').split('\n')).toHaveLength(4);
    expect(readFileSync(file, 'utf8')).toMatch(/^data,signalId,/);
    expect(existsSync(`${file}.part`)).toBe(false);
    const unwritable = join(folder, 'nowhere', 'outcomes.csv');
    await expect(shown({ export: unwritable })).rejects.toThrow('ENOENT');
  });

  test('refuses a span that ends before it begins, and an export whose format nothing says', async () => {
    await expect(shown({ from: slotAtMs(9), to: slotAtMs(1) })).rejects.toThrow('is not before --to');
    await expect(shown({ export: join(folder, 'outcomes.xls') })).rejects.toThrow('add --format');
    await expect(shown({ format: 'csv' })).rejects.toThrow('name the file with --export');
    expect(existsSync(join(folder, 'outcomes.xls'))).toBe(false);
    const { text } = await shown({ export: join(folder, 'outcomes.xls'), format: 'csv' });
    expect(text).toBe('2 outcomes written');
  });

  test('exports and shows what else was asked for, unless both want standard output', async () => {
    const file = join(folder, 'both.csv');
    const { text } = await shown({ export: file, by: 'side' });
    expect(text).toContain('2 outcomes written');
    expect(text).toMatch(/BUY +1 +not enough outcomes/);
    const { json } = await shown({ export: file, json: true });
    expect(json).toMatchObject({ all: { resolved: 1 } });
    await expect(shown({ export: '-', by: 'side' })).rejects.toThrow('has standard output to itself');
  });
});
