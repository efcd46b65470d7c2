import { createHash } from 'node:crypto';
import { canEmulate, type EmulatedSource, emulatedAnswers } from '../../lab/emulated-answers.ts';
import { readBarFile } from '../../lab/market/bar-files.ts';
import type { DataLabel } from '../core/live.ts';
import type { Config } from '../core/options.ts';
import {
  type BarSet,
  type BarsReplay,
  createReplayRecord,
  fitnessOf,
  type LoadedConfig,
  opinionSources,
  type RecordedOpinions,
  type ReplayTotals,
  readBarSet,
  readOpinions,
  replayBars,
  replayConfig,
} from '../main.ts';
import { environment } from '../platform/environment.ts';
import { checkSpan } from './arguments.ts';
import { CommandError, labelText, type Output, timeText } from './output.ts';
import { progressBar } from './progress.ts';
import { readText } from './read-text.ts';
import { count, fitnessText, totalsText } from './replay-text.ts';
import { type SettingsOptions, settings } from './settings.ts';
import { trackRecord } from './track-record.ts';

const MINUTE_MS = 60_000;

export type ReplayBarsOptions = SettingsOptions & {
  readonly bars: readonly string[];
  /** Unix ms. */
  readonly from?: number;
  readonly to?: number;
  readonly ledger?: string;
  /** What sources said besides bars. */
  readonly opinions?: string;
  /** Seed of what the others are made to say. */
  readonly emulate?: string;
  readonly json?: boolean;
};

/** What is replayed, and of which moments. */
export type ReplayGround = {
  readonly bars: BarSet;
  readonly opinions: RecordedOpinions | null;
  /** Seed of the opinions that were not recorded; null: those are silent. */
  readonly emulatedSeed: string | null;
  readonly fromMs: number;
  readonly toMs: number;
};

/** The engine over recorded bars, into a record of its own, then what came of it. Throws CommandError where it would come to nothing. */
export async function replayFromBars(
  options: ReplayBarsOptions,
  output: Output,
  stop: AbortSignal,
): Promise<void> {
  const ground = replayGround(options);
  const label = groundLabel(ground);
  const loaded = replaySettings(options, ground);
  output.note(groundText(ground));
  for (const line of usableText(loaded, ground)) output.note(line);
  const path = options.ledger ?? ledgerPathFor(ground, loaded.version);
  const totals = await replayInto(path, loaded, ground, output, stop);
  if (stop.aborted) output.note('ended early: what follows is about the cycles that were done');
  if (options.json === true) return output.json({ label, ledger: path, ...totals });
  output.line(labelText(label));
  for (const line of totalsText(totals)) output.line(line);
  await trackRecord({ config: options.config, ledger: path }, output);
  output.note(
    `the record is ${path}: read it with "sextant signals --ledger ${path}", "sextant why", "sextant verify"`,
  );
}

/** Reads bars and opinions. Throws CommandError that names every fault. */
export function replayGround(options: ReplayBarsOptions): ReplayGround {
  const { bars: paths, from, to, opinions: path, emulate } = options;
  checkSpan({ from, to });
  const files = paths.map((name) => {
    const file = readBarFile(name);
    if (typeof file === 'string') throw new CommandError(file);
    return { ...file, name };
  });
  const read = readBarSet(files);
  if (read.kind === 'invalid') throw refusal('these bars cannot be replayed:', read.details);
  const { bars } = read;
  const [fromMs, toMs] = [
    Math.max(from ?? 0, bars.fromMs + bars.intervalMs),
    Math.min(to ?? bars.toMs, bars.toMs),
  ];
  if (fromMs >= toMs)
    throw new CommandError(
      `no bar closes between ${timeText(from ?? bars.fromMs)} and ${timeText(to ?? bars.toMs)}: they run from ${timeText(bars.fromMs)} to ${timeText(bars.toMs)}`,
    );
  const opinions = path === undefined ? null : opinionsOf(path);
  return { bars, opinions, emulatedSeed: emulate ?? null, fromMs, toMs };
}

function opinionsOf(path: string): RecordedOpinions {
  const read = readOpinions(path, readText(path));
  if (read.kind === 'invalid') throw refusal('these opinions cannot be used:', read.details);
  return read.opinions;
}

/** A configuration for the symbols of the bars; it needs no keys, because nobody is asked. */
export function replaySettings(options: SettingsOptions, { bars }: ReplayGround): LoadedConfig {
  const env = environment();
  const loaded = settings(
    options,
    new Proxy<typeof env>({}, { get: (_, name: string) => env[name] ?? 'not-needed-in-a-replay' }),
  );
  return { ...loaded, config: replayConfig(loaded.config, bars) };
}

/** In lines who votes on what. Throws CommandError where no symbol could come to a decision. */
export function usableText({ config }: LoadedConfig, ground: ReplayGround): string[] {
  const simulated = new Set(emulatedSources(config, ground).map(({ id }) => id));
  const fitness = fitnessOf(config, new Set([...simulated, ...(ground.opinions?.sourceIds ?? [])]));
  const lines = fitnessText(fitness, simulated);
  if (fitness.some(({ obstacles }) => obstacles.length === 0)) return lines;
  throw refusal('every decision of this replay would abstain:', [
    ...lines,
    'configure more sources that read bars, lower consensus.quorum, give what the others said with --opinions, or have it made up with --emulate',
  ]);
}

/** What a replay rests on: recorded bars alone, or simulated opinions on them. */
export function groundLabel({ emulatedSeed: seed, fromMs, toMs }: ReplayGround): DataLabel {
  return seed === null
    ? { kind: 'REPLAY', fromMs, toMs }
    : { kind: 'SIMULATED', seed, bars: { fromMs, toMs } };
}

export function groundText(ground: ReplayGround): string {
  const { bars } = ground;
  const { series, intervalMs, repeated } = bars;
  const total = series.reduce((sum, { length }) => sum + length, 0);
  const doubles = repeated === 0 ? '' : `, ${count(repeated)} repeated lines dropped`;
  const of = `${labelText(groundLabel(ground))}: ${count(total)} bars of ${intervalMs / 1_000} s, ${series.length} ${series.length === 1 ? 'symbol' : 'symbols'}${doubles}`;
  const longer =
    intervalMs === MINUTE_MS ? '' : '; a live service reads minute bars, here indicators count these';
  return `${of}; one recorded series stands for all price sources of a symbol${longer}`;
}

/** Replays into a new record at `path`, with a progress bar. */
export async function replayInto(
  path: string,
  { config }: LoadedConfig,
  ground: ReplayGround,
  output: Output,
  stop: AbortSignal,
  onCycle: BarsReplay['onCycle'] = () => {},
): Promise<ReplayTotals> {
  const { bars, fromMs, toMs } = ground;
  const ledger = await createReplayRecord(path);
  const bar = progressBar('replaying', output);
  try {
    return await replayBars({
      config,
      bars,
      ledger,
      fromMs,
      toMs,
      stop,
      onCycle,
      onProgress: (done, total) => bar.show(done, total),
      others: otherAnswers(config, ground),
      label: groundLabel(ground),
    });
  } finally {
    bar.end();
    await ledger.close();
  }
}

/** What was recorded besides bars, and of sources that it does not name what the lab makes of them. */
function otherAnswers(config: Config, ground: ReplayGround): RecordedOpinions['answers'] {
  const { bars, opinions, emulatedSeed: seed } = ground;
  const recorded: RecordedOpinions['answers'] = opinions?.answers ?? (() => null);
  if (seed === null) return recorded;
  const emulated = emulatedAnswers(bars, seed, emulatedSources(config, ground));
  return (ask, nowMs) => recorded(ask, nowMs) ?? emulated(ask, nowMs);
}

function emulatedSources(config: Config, { opinions, emulatedSeed }: ReplayGround): EmulatedSource[] {
  if (emulatedSeed === null) return [];
  return opinionSources(config)
    .filter(({ options: { id, kind } }) => canEmulate(kind) && opinions?.sourceIds.has(id) !== true)
    .map(({ options, source }) => ({ id: options.id, kind: options.kind, source, settings: options }));
}

/** Its own for each configuration, span, seed and set of symbols: a replay takes the place of none but its like. */
export function ledgerPathFor(
  { bars, emulatedSeed: seed, fromMs, toMs }: ReplayGround,
  version: string,
): string {
  const ids = bars.series.map(({ instrumentId }) => instrumentId);
  const ground = [fromMs, toMs, ...ids, ...(seed === null ? [] : [`SIMULATED ${seed}`])].join();
  const digest = createHash('sha256').update(ground).digest('hex').slice(0, 6);
  return `.sextant/replay-${dayOf(fromMs)}-${dayOf(toMs)}-${version}-${digest}.db`;
}

function dayOf(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 10);
}

function refusal(what: string, details: readonly string[]): CommandError {
  return new CommandError([what, ...details.map((detail) => `  - ${detail}`)].join('\n'));
}
