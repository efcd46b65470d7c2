import { existsSync, statSync } from 'node:fs';
import type { Ledger } from '../core/ledger.ts';
import type { DataLabel } from '../core/live.ts';
import { ledgerPathOf, openRecord } from '../main.ts';
import { CommandError } from './output.ts';
import { readText } from './read-text.ts';

export type RecordOptions = { readonly config: string; readonly ledger?: string };

/** Where `sextant demo` keeps its record unless told otherwise. */
export const DEMO_LEDGER_PATH = '.sextant/demo.db';

/** A record opened for reading; what it holds is shown with its label, so that simulated prices are never taken for real. */
export type OpenRecord = { readonly ledger: Ledger; readonly path: string; readonly label: DataLabel | null };

/** The record a reading command means: `--ledger`, else the configuration's, else the demo's. Rejects with CommandError or LedgerError. */
export async function recordToRead({ config, ledger }: RecordOptions): Promise<OpenRecord> {
  const path = ledger ?? (existsSync(config) ? ledgerPathOf(readText(config)) : DEMO_LEDGER_PATH);
  if (!existsSync(path)) {
    throw new CommandError(
      ledger === undefined && !existsSync(config)
        ? `there is neither ${config} nor a record of a demo (${path}): start "sextant demo", or name a record with --ledger`
        : `there is no record at ${path} yet: start "sextant run", or name another with --ledger`,
    );
  }
  if (statSync(path).isDirectory()) throw new CommandError(`${path} is a folder: name the record in it`);
  const opened = await openRecord(path);
  // A record begins with the configuration that wrote it; null only before the first row.
  const [first] = await opened.entriesAfter(0, 1);
  return { ledger: opened, path, label: first?.type === 'config' ? first.body.label : null };
}
