import { readFileSync } from 'node:fs';
import { findPackageJSON } from 'node:module';
import { Command, Option } from 'commander';
import { LedgerError } from '../core/ledger.ts';
import {
  cycleLength,
  days,
  moment,
  oneOrMore,
  positive,
  share,
  wholeNumber,
  yearAndMonth,
} from './arguments.ts';
import { CommandError, type Output, processOutput } from './output.ts';
import { config, json, ledger, port, profile, tape, tapeMaxMb } from './program-options.ts';
import { addConfig, addReaders } from './program-records.ts';

/** The `sextant` command. Each command's code is loaded when it is called, so that `--help` answers at once. */
export async function main(argv: readonly string[]): Promise<void> {
  const output = processOutput();
  try {
    await program(output).parseAsync([...argv]);
  } catch (error) {
    const message = expectedMessage(error);
    if (message === null) throw error;
    output.note(message);
    process.exitCode = 1;
  }
}

/** What a person is told in one line: a wrong call, an unusable record, or what the system refused; null for our own faults. */
function expectedMessage(error: unknown): string | null {
  if (error instanceof CommandError || error instanceof LedgerError) return error.message;
  if (!(error instanceof Error) || !('syscall' in error)) return null;
  const isPortTaken = 'code' in error && error.code === 'EADDRINUSE';
  return isPortTaken ? `${error.message}: choose another with --port, 0 for any` : error.message;
}

/** Aborts when the process is asked to end. For commands that then end by themselves; others are simply killed. */
function stopRequested(): AbortSignal {
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
  return stop.signal;
}

function program(output: Output): Command {
  const sextant = new Command('sextant')
    .description(
      'Asks many sources about your symbols, lets them vote, and keeps a record a stranger can verify.',
    )
    .version(packageVersion())
    // `sources test ID --json`: options belong to the command they follow.
    .enablePositionalOptions()
    .showHelpAfterError();
  addDemo(sextant, output);
  addSimulate(sextant, output);
  addReplay(sextant, output);
  addLive(sextant, output);
  addReaders(sextant, output);
  addConfig(sextant, output);
  return sextant;
}

function packageVersion(): string {
  const file = findPackageJSON(import.meta.url);
  if (file === undefined) throw new RangeError('a program of a package lies in it');
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}

function addDemo(sextant: Command, output: Output): void {
  sextant
    .command('demo')
    .description(
      'watch it work without a key or a network: emulated providers, real code (SIMULATED or REPLAY)',
    )
    .option('--bars <files...>', 'replay recorded bars (.csv, .csv.gz with ts,open,high,low,close,volume)')
    .addOption(
      new Option('--speed <n>', 'cycles follow each other this many times faster')
        .argParser(positive)
        .default(1),
    )
    .option('--seed <text>', 'seed of the simulated market', 'demo')
    .addOption(new Option('--cycles <n>', 'end after this many cycles').argParser(wholeNumber))
    .addOption(
      new Option(
        '--cycle-ms <n>',
        'length of a cycle (5000, or one minute when bars are replayed)',
      ).argParser(cycleLength),
    )
    .option('--fault <source=kind...>', 'let an emulated provider misbehave, such as coinbase=hang')
    .addOption(ledger())
    .addOption(tape())
    .addOption(tapeMaxMb())
    .addOption(port())
    .addOption(json())
    .action(async (options) => (await import('./demo.ts')).demo(options, output, stopRequested()));
}

function addSimulate(sextant: Command, output: Output): void {
  sextant
    .command('simulate')
    .description(
      'run a scenario in virtual time: days in minutes, one seed, one history (SIMULATED or REPLAY)',
    )
    .argument('<scenario>', 'scenario file, such as scenarios/short.yaml')
    .addOption(new Option('--days <n>', 'instead of what the scenario says').argParser(days))
    .option('--seed <text>', 'instead of what the scenario says')
    .addOption(new Option('--runs <n>', 'under so many seeds, on all cores').argParser(oneOrMore))
    .option('--compare', 'beside the naive and the historic client: every target, reached or not')
    .option('--ablate', 'with each improvement taken away, and with each alone, over two market days')
    .option('--policies', 'under every order of asking and every mode')
    .addOption(
      new Option(
        '--audit <share>',
        'of the hours in which everyone is asked afresh to compare (1: all)',
      ).argParser(share),
    )
    .option('--shrink <file>', 'where something is violated, write the least scenario that still violates it')
    .option('--json <file>', 'write all figures to a file')
    .option('--report <folder>', 'with --compare: a report and charts for people')
    .option('--docs <file>', 'write the tables between the marks of a Markdown file')
    .action(async (file, options) => {
      const stop = stopRequested();
      if (options.compare || options.report !== undefined)
        return (await import('./simulate-compare.ts')).simulateCompare(file, options, output, stop);
      if (options.ablate)
        return (await import('./simulate-ablate.ts')).simulateAblate(file, options, output, stop);
      if (options.policies)
        return (await import('./simulate-policies.ts')).simulatePolicies(file, options, output, stop);
      return options.runs === undefined
        ? (await import('./simulate.ts')).simulateFile(file, options, output, stop)
        : (await import('./simulate-runs.ts')).simulateRuns(file, options, output, stop);
    });
}

function addReplay(sextant: Command, output: Output): void {
  sextant
    .command('replay')
    .description(
      'let the unchanged engine decide again: over recorded bars, point in time (REPLAY), or on a tape',
    )
    .option('--bars <files...>', 'bars as CSV or .csv.gz: time,open,high,low,close,volume')
    .addOption(
      new Option(
        '--tape <file>',
        'of a recorded run: every decision is compared with its record, byte for byte',
      ).conflicts(['bars', 'from', 'to', 'opinions', 'emulate', 'compare']),
    )
    .option(
      '--against <ledger>',
      'with --tape: the record of that run, instead of the one that the tape names',
    )
    .addOption(
      new Option('--from <time>', 'decide from here on; what lies before is history').argParser(moment),
    )
    .addOption(new Option('--to <time>', 'decide until then').argParser(moment))
    .option('--opinions <file>', 'what sources said that read no bars: one JSON object a line')
    .addOption(
      new Option(
        '--emulate [seed]',
        'those of them that --opinions does not name are made up by the emulators of the lab: labelled SIMULATED',
      ).preset('replay'),
    )
    .option('--compare <configs...>', 'two configurations over the same bars, and the difference')
    .addOption(config())
    .addOption(profile())
    .addOption(new Option('--ledger <file>', 'record to write instead of .sextant/replay-…; of a tape none'))
    .addOption(json())
    .action(async (options, command: Command) => {
      if (options.tape !== undefined) {
        const isGiven = ['config', 'profile'].some((name) => command.getOptionValueSource(name) === 'cli');
        const { replayFromTape } = await import('./replay-tape.ts');
        return replayFromTape(options, isGiven ? options : null, output, stopRequested());
      }
      if (options.bars === undefined)
        throw new CommandError('name what to replay: --bars FILES, or --tape FILE');
      return options.compare === undefined
        ? (await import('./replay-bars.ts')).replayFromBars(options, output, stopRequested())
        : (await import('./replay-compare.ts')).replayCompare(options, output, stopRequested());
    });
}

function addLive(sextant: Command, output: Output): void {
  sextant
    .command('run')
    .description('run on the real providers')
    .addOption(config())
    .addOption(profile())
    .addOption(tape())
    .addOption(tapeMaxMb())
    .addOption(port())
    .action(async (options) => (await import('./run.ts')).run(options, output, stopRequested()));
  sextant
    .command('init')
    .description('write a commented sextant.yaml to start from')
    .option('--profile <name>', 'profile to start from', 'keyless')
    .option('--force', 'overwrite an existing file')
    .argument('[file]', 'where to', 'sextant.yaml')
    .action(async (file, options) => (await import('./init.ts')).init(file, options, output));
  addSources(sextant, output);
  sextant
    .command('plan')
    .description('say what a month will ask, use up and cost, before the first call')
    .addOption(config())
    .addOption(profile())
    .addOption(new Option('--month <yyyy-mm>', 'another month than the running one').argParser(yearAndMonth))
    .addOption(json())
    .action(async (options) => (await import('./plan.ts')).plan(options, output));
  sextant
    .command('doctor')
    .description('check keys, reachability, clock, disk and permissions, and say what to mend')
    .addOption(config())
    .addOption(profile())
    .addOption(json())
    .action(async (options) => (await import('./doctor.ts')).doctor(options, output));
}

function addSources(sextant: Command, output: Output): void {
  const sources = sextant
    .command('sources')
    .description('list the configured sources and what they can do')
    .enablePositionalOptions()
    .addOption(config())
    .addOption(profile())
    .addOption(json())
    .action(async (options) => (await import('./sources.ts')).sources(options, output));
  sources
    .command('test')
    .description('show one real exchange with a source, and what was understood of it')
    .argument('<id>', 'a source of the configuration')
    .option('--symbol <id>', 'ask about this instrument, configured or not')
    .addOption(config())
    .addOption(profile())
    .addOption(json())
    .action(async (id, options) => (await import('./source-test.ts')).testSource(id, options, output));
}
