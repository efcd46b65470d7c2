import { existsSync, readFileSync } from 'node:fs';
import type { Ledger } from '../core/ledger.ts';
import { ledgerPathOf, openRecord } from '../main.ts';
import { CommandError } from './output.ts';

export type RecordOptions = { readonly config: string; readonly ledger?: string };

/** Where `sextant demo` keeps its record unless told otherwise. */
export const DEMO_LEDGER_PATH = '.sextant/demo.db';

/** The record a reading command means: `--ledger`, else the configuration's, else the demo's. Rejects with CommandError or LedgerError. */
export async function recordToRead({
  config,
  ledger,
}: RecordOptions): Promise<{ ledger: Ledger; path: string }> {
  const path = ledger ?? (existsSync(config) ? ledgerPathOf(readFileSync(config, 'utf8')) : DEMO_LEDGER_PATH);
  if (!existsSync(path)) {
    throw new CommandError(
      ledger === undefined && !existsSync(config)
        ? `there is neither ${config} nor a record of a demo (${path}): start "sextant demo", or name a record with --ledger`
        : `there is no record at ${path} yet: start "sextant run", or name another with --ledger`,
    );
  }
  return { ledger: await openRecord(path), path };
}
