import { createWriteStream, renameSync, rmSync } from 'node:fs';
import type { Writable } from 'node:stream';
import type { Ledger } from '../core/ledger.ts';
import type { DataLabel } from '../core/live.ts';
import type { SliceDimension, StatisticsQuery, TrackRecord } from '../core/track-record.ts';
import { trackRecordOf } from '../main.ts';
import { checkSpan } from './arguments.ts';
import { type ExportFormat, exportOutcomes } from './outcome-export.ts';
import { CommandError, labelText, type Output } from './output.ts';
import { type RecordOptions, recordToRead } from './record.ts';
import { headlineText, reliabilityText, slicesText, sourcesText, trendText } from './statistics-text.ts';

export type TrackRecordOptions = RecordOptions & {
  readonly symbol?: string;
  readonly by?: SliceDimension;
  /** Unix ms. */
  readonly from?: number;
  readonly to?: number;
  readonly data?: DataLabel['kind'];
  /** `-`: standard output. */
  readonly export?: string;
  readonly format?: ExportFormat;
  readonly json?: boolean;
};

const VERSIONS_MAX = 500;
const SYMBOLS_SHOWN = 20;

/** What the outcomes of a record come to, or the outcomes themselves. */
export async function trackRecord(options: TrackRecordOptions, output: Output): Promise<void> {
  checkSpan(options);
  const format = formatOf(options);
  const { by } = options;
  if (options.export === '-' && (by !== undefined || options.json === true))
    throw new CommandError(
      '--export - has standard output to itself: name a file, or leave --by and --json out',
    );
  const { ledger, path } = await recordToRead(options);
  try {
    const label = await labelToRead(ledger, path, options.data);
    const query: StatisticsQuery = {
      ...(options.symbol === undefined ? {} : { instrumentId: options.symbol }),
      ...(options.from === undefined ? {} : { fromMs: options.from }),
      ...(options.to === undefined ? {} : { toMs: options.to }),
    };
    const record = trackRecordOf(ledger, label.kind);
    if (options.export !== undefined) {
      const labelOf = await record.labels();
      const what = { ledger, filter: query, data: label.kind, labelOf, format };
      const written = await exportTo(options.export, (to, endsIt) => exportOutcomes(what, to, endsIt));
      output.note(`${written} outcomes written`);
      if (by === undefined && options.json !== true) return;
    }
    if (options.json === true) {
      const statistics = await record.statistics({ ...query, ...(by === undefined ? {} : { by }) });
      return output.json({ label, ...statistics });
    }
    if (label.kind !== 'LIVE') output.line(labelText(label));
    for (const text of await sections(record, query, by)) output.line(text);
  } finally {
    await ledger.close();
  }
}

/** What the name of a file says of its format; standard output has no name. Throws CommandError where that must be said. */
function formatOf({ export: file, format }: TrackRecordOptions): ExportFormat {
  if (format !== undefined && file === undefined)
    throw new CommandError('--format is of an export: name the file with --export, or leave it out');
  if (format !== undefined) return format;
  if (file === undefined || file === '-' || /\.(ndjson|jsonl)$/i.test(file)) return 'ndjson';
  if (/\.csv$/i.test(file)) return 'csv';
  throw new CommandError(`--export ${file}: its name ends neither in .csv nor in .ndjson: add --format`);
}

async function sections(
  record: TrackRecord,
  query: StatisticsQuery,
  by: SliceDimension | undefined,
): Promise<string[]> {
  const all = await record.statistics(query);
  const headline = headlineText(all);
  const slices = async (one: SliceDimension, limit?: number): Promise<string> =>
    `\n${slicesText(one, await record.statistics({ ...query, by: one }), limit)}`;
  if (by !== undefined) return [headline, await slices(by)];
  if (all.all.winRate.kind === 'notEnough') return [headline];
  return [
    headline,
    await slices('side'),
    await slices('regime'),
    await slices('symbol', SYMBOLS_SHOWN),
    `\n${sourcesText(all)}`,
    `\n${reliabilityText(all)}`,
    `\n${trendText(all)}`,
  ];
}

/** The one kind of prices that the record rests on, or the one that was named. Throws CommandError where that must be said. */
async function labelToRead(
  ledger: Ledger,
  path: string,
  data: DataLabel['kind'] | undefined,
): Promise<DataLabel> {
  const labels = (await ledger.configs(VERSIONS_MAX)).map(({ body }) => body.label);
  const kinds = [...new Set(labels.map(({ kind }) => kind))].sort();
  const wanted = data ?? (kinds.length === 1 ? kinds[0] : undefined);
  const label = labels.find(({ kind }) => kind === wanted);
  if (label !== undefined) return label;
  if (kinds.length === 0) throw new CommandError(`${path} is empty`);
  throw new CommandError(
    data === undefined
      ? `${path} holds ${kinds.join(' and ')} prices, which never count together: name one with --data`
      : `${path} holds no ${data} prices, but ${kinds.join(' and ')}`,
  );
}

/** A file appears under its name only when it is whole. */
async function exportTo(
  file: string,
  write: (to: Writable, endsIt: boolean) => Promise<number>,
): Promise<number> {
  if (file === '-') return write(process.stdout, false);
  const part = `${file}.part`;
  try {
    const written = await write(createWriteStream(part), true);
    renameSync(part, file);
    return written;
  } catch (error) {
    rmSync(part, { force: true });
    throw error;
  }
}
