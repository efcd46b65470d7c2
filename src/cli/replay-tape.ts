import { existsSync } from 'node:fs';
import { createRecord, openRecord, replayTape, type TapeReplay } from '../main.ts';
import { tapeLines } from '../platform/tape-file.ts';
import { CommandError, labelText, type Output, printable, timeText } from './output.ts';
import { type SettingsOptions, settings } from './settings.ts';

export type ReplayTapeOptions = {
  readonly tape: string;
  /** The record to compare with, instead of the one that the tape names. */
  readonly against?: string;
  /** Where to record what is decided again; it must not exist. */
  readonly ledger?: string;
  readonly json?: boolean;
};

type Replayed = Exclude<TapeReplay, { kind: 'unusable' }>;

/**
 * Exit code 0 when every decision comes out as it was recorded, 1 when one does not. `given` is a configuration that the tape
 * must have been recorded under. Rejects with CommandError where nothing can be told, or LedgerError.
 */
export async function replayFromTape(
  { tape, against, ledger, json = false }: ReplayTapeOptions,
  given: SettingsOptions | null,
  output: Output,
  stop: AbortSignal,
): Promise<void> {
  if (!existsSync(tape))
    throw new CommandError(`there is no tape at ${tape}: record one with "sextant run --tape ${tape}"`);
  const own = ledger === undefined ? null : await ownRecord(ledger);
  try {
    const replay = await replayTape({
      lines: tapeLines(tape),
      against: (path) => openRecord(existing(against ?? path)),
      own,
      config: given === null ? undefined : settings(given),
      stop,
    });
    if (replay.kind === 'unusable')
      throw new CommandError(`${tape} cannot be played: ${printable(replay.detail)}`);
    if (json) output.json(jsonOf(replay));
    else for (const line of tapeReplayLines(replay)) output.line(line);
    if (replay.kind === 'different' || replay.cycles === 0) process.exitCode = 1;
  } finally {
    await own?.close();
  }
}

function existing(path: string): string {
  if (existsSync(path)) return path;
  throw new CommandError(
    `there is no record at ${path} to compare with: name that of the recorded run with --against`,
  );
}

function ownRecord(path: string) {
  if (existsSync(path)) throw new CommandError(`${path} is there already: name a new file with --ledger`);
  return createRecord(path);
}

function jsonOf({ header, ...rest }: Replayed) {
  const { sextant, label, startAtMs, configVersion } = header;
  return { ...rest, recorded: { sextant, label, startAtMs, configVersion } };
}

/** What came of it. Where no cycle could be compared, nothing is called identical. */
export function tapeReplayLines({ header, cycles, same, difference, cut }: Replayed): string[] {
  const label = labelText(header.label);
  const from = `tape from ${timeText(header.startAtMs)} of Sextant ${header.sextant}${label === '' ? '' : `, ${label}`}`;
  const counted = `${same.decisions} decisions, ${same.signals} signal events, ${same.outcomes} outcomes in ${cycles} cycles`;
  const end = cut === null ? [] : [`the tape ends early: ${printable(cut)}`];
  if (difference === null && cycles === 0) return [from, ...end, NOTHING_COMPARED];
  if (difference === null) return [from, ...end, `identical: ${counted}`];
  const { cycle, slotAtMs, what, how, why } = difference;
  return [
    from,
    ...end,
    `identical up to there: ${counted}`,
    `different: ${what} in cycle ${cycle} (${timeText(slotAtMs)})`,
    ...how.map((line) => `  ${printable(line)}`),
    ...(why.length === 0 ? [UNEXPLAINED] : why.map((line) => `  because: ${printable(line)}`)),
  ];
}

const NOTHING_COMPARED = 'nothing was compared: the tape holds no whole cycle that the record holds too';

const UNEXPLAINED =
  '  because: every question was on the tape and was answered at its moment, so an answer on the tape, a row of the record or the code is another than then';
