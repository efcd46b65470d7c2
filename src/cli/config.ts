import { existsSync } from 'node:fs';
import type { ConfigRow } from '../core/ledger.ts';
import {
  type Change,
  checkConfig,
  isOtherwise,
  loadConfigText,
  type Replayed,
  recordedDifferences,
} from '../main.ts';
import { environment } from '../platform/environment.ts';
import { replaceFile } from '../platform/replace-file.ts';
import { CommandError, type Output, printable, table, timeText } from './output.ts';
import { readText } from './read-text.ts';
import { type RecordOptions, recordToRead } from './record.ts';
import { settings } from './settings.ts';

export type ConfigOptions = RecordOptions & { readonly json?: boolean };

const VERSIONS_MAX = 500;
const SHOWN_MAX = 50;

/** Says what a file would change, before it does. */
export async function configCheck(
  file: string,
  options: ConfigOptions & { readonly minutes: number },
  output: Output,
): Promise<void> {
  const { config, version } = settings({ config: file });
  const ledger = options.ledger ?? config.ledger.path;
  if (!existsSync(ledger)) {
    if (options.json === true)
      return output.json({ version, against: null, changes: [], needRestart: [], replayed: [] });
    return output.line(
      `${file} is version ${version}: usable; there is no record at ${ledger} to hold it against`,
    );
  }
  const { ledger: record } = await recordToRead({ ...options, ledger });
  try {
    const check = await checkConfig(record, config, options.minutes);
    if (options.json === true) return output.json({ version, ...check });
    output.line(`${file} is version ${version}: usable`);
    for (const line of changeLines(check.changes, 'it changes nothing of the newest version on record'))
      output.line(line);
    for (const path of check.needRestart)
      output.line(`${path} needs a restart: until then it stays as it was`);
    for (const line of replayLines(check.replayed, options.minutes)) output.line(line);
  } finally {
    await record.close();
  }
}

function changeLines(changes: readonly Change[], same: string): string[] {
  if (changes.length === 0) return [same];
  const rows = changes.map(({ path, from, to }) => [path, from ?? 'nothing', to ?? 'nothing']);
  return [
    table(
      ['path', 'on record', 'then'],
      rows.map((row) => row.map(printable)),
    ),
  ];
}

function replayLines(replayed: readonly Replayed[], minutes: number): string[] {
  const otherwise = replayed.filter(isOtherwise);
  const open = replayed.filter(({ now }) => now.kind === 'open').length;
  const shown = otherwise.slice(-SHOWN_MAX).map(({ decision, now }) => {
    const then = now.kind === 'decided' ? [now.verdict.kind, now.verdict.reason ?? ''] : [];
    const was = [decision.kind, decision.reason ?? ''];
    return [timeText(decision.atMs), decision.instrumentId, was.join(' ').trim(), then.join(' ').trim()];
  });
  return [
    `of ${replayed.length} decisions of the last ${minutes} minutes ${otherwise.length} would have been others, and for ${open} more would have been asked`,
    ...(shown.length === 0 ? [] : [table(['at (UTC)', 'symbol', 'was', 'would be'], shown)]),
  ];
}

/** The newest version on record, as it was accepted, without its secrets. */
export async function configShow(options: ConfigOptions, output: Output): Promise<void> {
  const [newest] = await versions(options);
  if (newest === undefined) throw new CommandError('the record holds no configuration yet');
  if (options.json === true) return output.json(newest);
  const { version, atMs, text, config } = newest.body;
  output.line(`# version ${version}, accepted ${timeText(atMs)} UTC`);
  output.line(text ?? JSON.stringify(config, null, 2));
}

export async function configHistory(options: ConfigOptions, output: Output): Promise<void> {
  const rows = await versions(options);
  if (options.json === true) return output.json(rows);
  output.line(
    table(
      ['no.', 'version', 'accepted (UTC)', 'how', 'changes'],
      rows.map(({ seq, body }, index) => {
        const before = rows[index + 1];
        const changed = before === undefined ? '' : `${recordedDifferences(before, { seq, body }).length}`;
        return [`${seq}`, body.version, timeText(body.atMs), body.how ?? '', changed];
      }),
    ),
  );
}

export async function configDiff(
  from: string,
  to: string,
  options: ConfigOptions,
  output: Output,
): Promise<void> {
  const rows = await versions(options);
  const changes = recordedDifferences(versionCalled(from, rows), versionCalled(to, rows));
  if (options.json === true) return output.json(changes);
  for (const line of changeLines(changes, 'they mean the same')) output.line(line);
}

/** Writes the file of an earlier version back; a service that follows the file takes it on as another version. */
export async function configRollback(name: string, options: ConfigOptions, output: Output): Promise<void> {
  const { body } = versionCalled(name, await versions(options));
  const { version, text } = body;
  if (text === null || text === undefined)
    throw new CommandError(
      `the record holds no file of ${version}: only what it meant (sextant config show)`,
    );
  const loaded = loadConfigText(text, environment());
  if (loaded.kind === 'invalid') {
    throw new CommandError(`the file of ${version} cannot be used any more: its references may be gone`);
  }
  const kept = `${options.config}.before-rollback`;
  const before = existsSync(options.config) ? readText(options.config) : null;
  if (before !== null) replaceFile(kept, before);
  replaceFile(options.config, text);
  const was = before === null ? 'there was no such file before' : `what it was is in ${kept}`;
  output.line(`${options.config} is version ${loaded.version} again; ${was}`);
}

async function versions(options: ConfigOptions): Promise<readonly ConfigRow[]> {
  const { ledger } = await recordToRead(options);
  try {
    return await ledger.configs(VERSIONS_MAX);
  } finally {
    await ledger.close();
  }
}

/** By its number in the record, or by the beginning of its hash. */
function versionCalled(name: string, rows: readonly ConfigRow[]): ConfigRow {
  const found =
    rows.find(({ seq }) => `${seq}` === name) ??
    rows.find(({ body }) => name.length >= 4 && body.version.startsWith(name));
  if (found !== undefined) return found;
  throw new CommandError(`the record holds no version "${name}": "sextant config history" lists them`);
}
