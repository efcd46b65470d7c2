import { Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Ledger, OutcomeFilter, OutcomeRow } from '../core/ledger.ts';
import type { DataLabel } from '../core/live.ts';

export type ExportFormat = 'csv' | 'ndjson';

export type OutcomeExport = {
  readonly ledger: Pick<Ledger, 'outcomes'>;
  readonly filter: Omit<OutcomeFilter, 'limit' | 'beforeSeq'>;
  /** Others are left out. */
  readonly data: DataLabel['kind'];
  readonly labelOf: (configVersion: string) => DataLabel | null;
  readonly format: ExportFormat;
};

const PAGE_ROWS = 500;

/** Writes all outcomes, newest first, a page at a time and no faster than they are taken. Returns how many. */
export async function exportOutcomes(what: OutcomeExport, to: Writable, endsIt: boolean): Promise<number> {
  let written = 0;
  async function* texts(): AsyncGenerator<string> {
    if (what.format === 'csv') yield `${COLUMNS.map(([name]) => name).join()}\n`;
    for await (const rows of pages(what)) {
      yield rows.map(({ row, label }) => lineOf(what.format, row, label)).join('');
      written += rows.length;
    }
  }
  await pipeline(Readable.from(texts(), { highWaterMark: 1 }), to, { end: endsIt });
  return written;
}

type Labelled = { readonly row: OutcomeRow; readonly label: DataLabel };

async function* pages({ ledger, filter, data, labelOf }: OutcomeExport): AsyncGenerator<Labelled[]> {
  let beforeSeq = Number.MAX_SAFE_INTEGER;
  for (;;) {
    const page = await ledger.outcomes({ ...filter, beforeSeq, limit: PAGE_ROWS });
    yield page.flatMap((row) => {
      const label = labelOf(row.signal.configVersion);
      return label?.kind === data ? [{ row, label }] : [];
    });
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE_ROWS) return;
    beforeSeq = last.seq;
  }
}

function lineOf(format: ExportFormat, row: OutcomeRow, label: DataLabel): string {
  if (format === 'ndjson') return `${JSON.stringify({ ...row, label })}\n`;
  return `${COLUMNS.map(([, read]) => cellOf(read(row, label))).join()}\n`;
}

type Cell = string | number | boolean | null;

/** The prices come before everything else: nobody shall take simulated ones for real. */
const COLUMNS: readonly [name: string, read: (row: OutcomeRow, label: DataLabel) => Cell][] = [
  ['data', (_row, label) => label.kind],
  ['signalId', ({ signal }) => signal.id],
  ['instrumentId', ({ signal }) => signal.instrumentId],
  ['side', ({ signal }) => signal.side],
  ['openedAt', ({ signal }) => timeOf(signal.openedAtMs)],
  ['regime', ({ signal }) => signal.regime],
  ['confidence', ({ signal }) => signal.confidence],
  ['currency', ({ signal }) => signal.currency],
  ['entry', ({ signal }) => signal.entry],
  ['target', ({ signal }) => signal.target],
  ['stop', ({ signal }) => signal.stop],
  ['shares', ({ signal }) => signal.shares.map(({ sourceId, share }) => `${sourceId}:${share}`).join(' ')],
  ['configVersion', ({ signal }) => signal.configVersion],
  ['recordedAt', ({ outcome }) => timeOf(outcome.atMs)],
  ['kind', ({ outcome }) => outcome.kind],
  ['cause', ({ outcome }) => (outcome.kind === 'resolved' ? outcome.cause : null)],
  ['exitAt', ({ outcome }) => (outcome.kind === 'resolved' ? timeOf(outcome.exitAtMs) : null)],
  ['exitPrice', ({ outcome }) => (outcome.kind === 'resolved' ? outcome.exitPrice : null)],
  ['isAmbiguous', ({ outcome }) => (outcome.kind === 'resolved' ? outcome.isAmbiguous : null)],
  ['grossReturn', ({ outcome }) => (outcome.kind === 'resolved' ? outcome.grossReturn : null)],
  ['netReturn', ({ outcome }) => (outcome.kind === 'resolved' ? outcome.netReturn : null)],
  ['baselineReturn', ({ outcome }) => (outcome.kind === 'resolved' ? outcome.baselineReturn : null)],
  ['reason', ({ outcome }) => (outcome.kind === 'unresolved' ? outcome.reason : null)],
  ['detail', ({ outcome }) => (outcome.kind === 'unresolved' ? outcome.detail : null)],
];

const timeOf = (atMs: number): string => new Date(atMs).toISOString();

/** As RFC 4180 has it. A text that a spreadsheet would take for a formula gets a mark before it. */
function cellOf(value: Cell): string {
  if (value === null) return '';
  if (typeof value !== 'string') return String(value);
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
