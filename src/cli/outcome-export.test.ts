import { Writable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import type { OutcomeFilter, OutcomeRow } from '../core/ledger.ts';
import type { DataLabel } from '../core/live.ts';
import { resolved, sampleSignal, unresolved } from '../ledger/sample.testing.ts';
import { type ExportFormat, exportOutcomes } from './outcome-export.ts';

const SIMULATED: DataLabel = { kind: 'SIMULATED', seed: 'test' };

/** A record of so many outcomes that are made when they are read. */
class EndlessRecord {
  readonly #size: number;
  rowsRead = 0;

  constructor(size: number) {
    this.#size = size;
  }

  async outcomes({ beforeSeq = Number.MAX_SAFE_INTEGER, limit }: OutcomeFilter): Promise<OutcomeRow[]> {
    const newest = Math.min(this.#size, beforeSeq - 1);
    const rows = Array.from({ length: Math.min(limit, newest) }, (_, index) => rowOf(newest - index));
    this.rowsRead += rows.length;
    return rows;
  }
}

function rowOf(seq: number): OutcomeRow {
  const signal = { ...sampleSignal('AAPL', 'BUY', 1), id: `AAPL-${seq}` };
  const outcome = seq % 2 === 0 ? resolved('AAPL', 'BUY', 1, 2) : unresolved('AAPL', 'BUY', 1, 2);
  return { seq, signal, outcome: { ...outcome, signalId: signal.id } };
}

async function exported(
  ledger: { outcomes(filter: OutcomeFilter): Promise<OutcomeRow[]> },
  format: ExportFormat,
  labelOf: (version: string) => DataLabel | null = () => SIMULATED,
): Promise<{ text: string; written: number }> {
  const chunks: string[] = [];
  const to = new Writable({
    write(chunk, _encoding, done) {
      chunks.push(String(chunk));
      done();
    },
  });
  const written = await exportOutcomes({ ledger, filter: {}, data: 'SIMULATED', labelOf, format }, to, true);
  return { text: chunks.join(''), written };
}

describe('an export', () => {
  test.each([0, 1, 500, 501, 1_000])('holds each of %i outcomes once, newest first', async (size) => {
    const { text, written } = await exported(new EndlessRecord(size), 'ndjson');
    const rows = text.split('\n').slice(0, -1);
    expect(rows.map((line) => (JSON.parse(line) as OutcomeRow).seq)).toEqual(
      Array.from({ length: size }, (_, index) => size - index),
    );
    expect(written).toBe(size);
  });

  test('as NDJSON carries everything, with the prices it rests on', async () => {
    const { text } = await exported(new EndlessRecord(1), 'ndjson');
    expect(JSON.parse(text)).toEqual({ ...rowOf(1), label: SIMULATED });
  });

  test('as CSV names its columns, and says in every line on what prices it rests', async () => {
    const { text } = await exported(new EndlessRecord(2), 'csv');
    const [head = '', ...lines] = text.split('\n').slice(0, -1);
    const columns = head.split(',');
    const cells = lines.map(
      (line): Record<string, string> =>
        Object.fromEntries(line.split(',').map((cell, index) => [columns[index] ?? '', cell])),
    );
    expect(cells).toMatchObject([
      { data: 'SIMULATED', signalId: 'AAPL-2', kind: 'resolved', cause: 'target', reason: '' },
      {
        data: 'SIMULATED',
        signalId: 'AAPL-1',
        kind: 'unresolved',
        cause: '',
        reason: 'gap',
        detail: 'no bar for 600 s',
      },
    ]);
    const { netReturn } = resolved('AAPL', 'BUY', 1, 2);
    expect(Number(cells[0]?.netReturn)).toBe(netReturn);
  });

  test('as CSV keeps hostile text in its cell, and out of a spreadsheet’s formulas', async () => {
    const row = rowOf(1);
    const detail = '=HYPERLINK("http://x"),\nnext';
    const outcome = { ...row.outcome, detail } as OutcomeRow['outcome'];
    const { text } = await exported({ outcomes: async () => [{ ...row, outcome }] }, 'csv');
    expect(text.endsWith(`,"'=HYPERLINK(""http://x""),\nnext"\n`)).toBe(true);
  });

  test('leaves out what rests on other prices, or on prices that nobody can tell', async () => {
    const labels: (DataLabel | null)[] = [{ kind: 'LIVE' }, null, SIMULATED];
    const { written } = await exported(new EndlessRecord(3), 'csv', () => labels.shift() ?? null);
    expect(written).toBe(1);
  });

  test('reads no further ahead than a few pages of what is taken, however long the record', async () => {
    const record = new EndlessRecord(1_000_000);
    const taken: number[] = [];
    const stop = new Error('enough was seen');
    const slow = new Writable({
      highWaterMark: 1,
      write(_chunk, _encoding, done) {
        taken.push(record.rowsRead);
        if (taken.length === 12) done(stop);
        else setImmediate(() => setImmediate(done));
      },
    });
    const what = {
      ledger: record,
      filter: {},
      data: 'SIMULATED',
      labelOf: () => SIMULATED,
      format: 'ndjson',
    } as const;
    await expect(exportOutcomes(what, slow, true)).rejects.toBe(stop);
    const ahead = taken.map((rows, page) => rows / 500 - page);
    expect(Math.max(...ahead)).toBeLessThanOrEqual(4);
  });
});
