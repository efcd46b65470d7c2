import { Option } from 'commander';
import { instrumentId, portNumber, positive } from './arguments.ts';

/** Options that several commands take, each made anew for every command. */

export const config = () => new Option('-c, --config <file>', 'configuration').default('sextant.yaml');
export const profile = () => new Option('--profile <name>', 'a ready-made profile instead of a file');
export const ledger = () =>
  new Option('--ledger <file>', 'ledger to use instead of the one in the configuration');
export const symbol = () => new Option('--symbol <id>', 'of one instrument only').argParser(instrumentId);
export const json = () => new Option('--json', 'print JSON for programs');
export const tape = () =>
  new Option('--tape <file>', 'record all that the engine takes from outside, for "sextant replay --tape"');
export const tapeMaxMb = () =>
  new Option('--tape-max-mb <n>', 'stop recording there, tapes of earlier runs beside it included')
    .argParser(positive)
    .default(1_000);
export const port = () => new Option('--port <n>', 'port of API and page, 0 for any').argParser(portNumber);
