import { type Command, Option } from 'commander';
import { SLICE_DIMENSIONS } from '../core/track-record.ts';
import { moment, oneOrMore, positive } from './arguments.ts';
import type { Output } from './output.ts';
import { config, json, ledger, symbol } from './program-options.ts';

/** Commands that read a record. */

export function addConfig(sextant: Command, output: Output): void {
  const versions = sextant
    .command('config')
    .description('check a configuration, and see and undo its changes');
  versions
    .command('check')
    .description('say what a file would change, and which recorded decisions it would have changed')
    .argument('<file>', 'configuration')
    .addOption(new Option('--minutes <n>', 'of the record').argParser(positive).default(60))
    .addOption(ledger())
    .addOption(json())
    .action(async (file: string, options) =>
      (await import('./config.ts')).configCheck(file, { config: file, ...options }, output),
    );
  versions
    .command('show')
    .description('show the newest version on record')
    .addOption(config())
    .addOption(ledger())
    .addOption(json())
    .action(async (options) => (await import('./config.ts')).configShow(options, output));
  versions
    .command('history')
    .description('list the versions on record, newest first')
    .addOption(config())
    .addOption(ledger())
    .addOption(json())
    .action(async (options) => (await import('./config.ts')).configHistory(options, output));
  versions
    .command('diff')
    .description('show what differs between two versions')
    .argument('<a>', 'a version, or its number')
    .argument('<b>', 'another')
    .addOption(config())
    .addOption(ledger())
    .addOption(json())
    .action(async (a, b, options) => (await import('./config.ts')).configDiff(a, b, options, output));
  versions
    .command('rollback')
    .description('write the file of an earlier version back')
    .argument('<version>', 'a version, or its number')
    .addOption(config())
    .addOption(ledger())
    .action(async (version, options) =>
      (await import('./config.ts')).configRollback(version, options, output),
    );
}

export function addReaders(sextant: Command, output: Output): void {
  sextant
    .command('signals')
    .description('list signals from the record, newest first')
    .addOption(config())
    .addOption(ledger())
    .addOption(symbol())
    .option('--open', 'only those that have not ended')
    .addOption(new Option('--limit <n>', 'at most this many').argParser(oneOrMore).default(20))
    .addOption(json())
    .action(async (options) => (await import('./signals.ts')).signals(options, output));
  sextant
    .command('record')
    .description('say what came of the signals, each figure with its interval; or export every outcome')
    .addOption(config())
    .addOption(ledger())
    .addOption(symbol())
    .addOption(new Option('--by <slice>', 'slice by slice').choices(SLICE_DIMENSIONS))
    .addOption(new Option('--from <time>', 'recorded from here on (2026-01-15, UTC)').argParser(moment))
    .addOption(new Option('--to <time>', 'recorded until then').argParser(moment))
    .addOption(
      new Option('--data <kind>', 'where a record holds several kinds of prices').choices([
        'LIVE',
        'SIMULATED',
        'REPLAY',
      ]),
    )
    .option('--export <file>', 'write every outcome to a file, - for standard output')
    .addOption(
      new Option('--format <format>', 'of the export, unless its name says it').choices(['csv', 'ndjson']),
    )
    .addOption(json())
    .action(async (options) => (await import('./track-record.ts')).trackRecord(options, output));
  sextant
    .command('why')
    .description('explain a signal, or what was decided for a symbol')
    .argument('<id>', 'a signal id, or a symbol for its newest decision')
    .addOption(
      new Option(
        '--at <time>',
        'with a symbol: the decision that stood then (2026-01-15T14:30:00Z)',
      ).argParser(moment),
    )
    .addOption(config())
    .addOption(ledger())
    .addOption(json())
    .action(async (id, options) => (await import('./why.ts')).why(id, options, output));
  sextant
    .command('verify')
    .description('check the whole record: every hash, every certificate, every cycle')
    .addOption(config())
    .addOption(ledger())
    .option('--head <seq:hash>', 'a head noted earlier: finds out whether the record was cut short')
    .addOption(json())
    .action(async (options) => (await import('./verify.ts')).verify(options, output));
}
