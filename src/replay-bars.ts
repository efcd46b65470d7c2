import { existsSync } from 'node:fs';
import { configVersion } from './config/load.ts';
import type { Gateway } from './core/answer.ts';
import type { Boundary } from './core/boundary.ts';
import type { Clock } from './core/clock.ts';
import type { Decision } from './core/decision.ts';
import type { Http } from './core/http.ts';
import { instrumentOf } from './core/instrument.ts';
import { type Ledger, type LedgerEntry, LedgerError } from './core/ledger.ts';
import type { DataLabel } from './core/live.ts';
import { BAR_LAG_MS, type Config, type SourceOptions } from './core/options.ts';
import type { Source } from './core/source.ts';
import { removeFile } from './ledger/sqlite/file.ts';
import { openSqliteLedger } from './ledger/sqlite/ledger.ts';
import { createSeededRandom } from './platform/seeded-random.ts';
import { createVirtualClock } from './platform/virtual-clock.ts';
import type { BarSeries } from './replay/bar-series.ts';
import type { BarSet } from './replay/bar-set.ts';
import { type ReplayFitness, replayFitness } from './replay/fitness.ts';
import { ReplayCounts, type ReplayTotals } from './replay/replay-counts.ts';
import { type RecordedAnswers, ReplayGateway } from './replay/replay-gateway.ts';
import { replaySlots } from './replay/slots.ts';
import { createEngine } from './running-engine.ts';
import { seatsOf } from './seats.ts';
import { electorate, seatDesks } from './turn/seating.ts';

/** The unchanged engine over recorded bars, point in time, in virtual time. */

export type BarsReplay = {
  /** As {@link replayConfig} makes it. */
  readonly config: Config;
  readonly bars: BarSet;
  readonly ledger: Ledger;
  /** Closes of the bars that are decided on (Unix ms); what lies before is history. All of them where it is not said. */
  readonly fromMs?: number;
  readonly toMs?: number;
  readonly others?: RecordedAnswers;
  /** What the record says it rests on: REPLAY of that time where it is not said. */
  readonly label?: DataLabel;
  /** Answers instead of the recorded bars: to try whether one that knows the future is found out. */
  readonly gateway?: (series: readonly BarSeries[], clock: Clock) => Gateway;
  readonly onProgress?: (done: number, total: number) => void;
  /** After each cycle: what stands, and what was recorded. */
  readonly onCycle?: (
    slotAtMs: number,
    standing: readonly Decision[],
    entries: readonly LedgerEntry[],
  ) => void;
  /** Ends it early. */
  readonly stop?: AbortSignal;
};

const PROGRESS_EVERY_SLOTS = 100;
const SEED = 'replay';

const NO_NETWORK: Http = {
  send: () => Promise.resolve({ kind: 'failed', reason: 'connection', detail: 'a replay asks nobody' }),
  close: () => Promise.resolve(),
};

/** The same rules for the instruments of the bars, one cycle for each bar: between two bars nothing new can be seen. */
export function replayConfig(config: Config, { series, intervalMs }: BarSet): Config {
  return {
    ...config,
    symbols: series.map(({ instrumentId }) => instrumentOf(instrumentId)),
    cycleMs: intervalMs,
    cycleOffsetMs: BAR_LAG_MS % intervalMs,
  };
}

/** Sources of a configuration that read no bars, with the seat's own settings. */
export function opinionSources(
  config: Config,
): { readonly options: SourceOptions; readonly source: Source }[] {
  return seatsOf(config).filter(({ options, analyst }) => options.enabled && analyst.needs !== 'bars');
}

/** Who can vote on what, given the bars and what is recorded besides. */
export function fitnessOf(config: Config, recorded: ReadonlySet<string> = new Set()): ReplayFitness[] {
  const seats = seatsOf(config).filter(({ options }) => options.enabled);
  return seatDesks(config, seats).map(({ instrument, watchers }) => {
    const voters = electorate(instrument, seats).map(({ seat, weightPpb }) => ({
      sourceId: seat.options.id,
      operator: seat.options.operator,
      needs: seat.analyst.needs,
      weightPpb,
      isRecorded: recorded.has(seat.options.id),
    }));
    const operators = watchers.map(({ options }) => options.operator);
    return replayFitness(instrument.id, voters, operators, config.consensus);
  });
}

/** Rejects with LedgerError where the record refuses a cycle, and with the fault where the turn of an instrument breaks. */
export async function replayBars(replay: BarsReplay): Promise<ReplayTotals> {
  const { config, bars, ledger, others, onProgress, onCycle, stop } = replay;
  const { fromMs = bars.fromMs + bars.intervalMs, toMs = bars.toMs } = replay;
  const assetClasses = [...new Set(config.symbols.map(({ assetClass }) => assetClass))];
  const slotting = { assetClasses, intervalMs: config.cycleMs, offsetMs: config.cycleOffsetMs, fromMs, toMs };
  const slots = [...replaySlots(slotting)];
  const clock = createVirtualClock((slots[0] ?? toMs) - 1);
  const gateway = replay.gateway?.(bars.series, clock) ?? new ReplayGateway(bars.series, clock, others);
  const broken: unknown[] = [];
  const { engine, live } = await createEngine({
    config,
    configVersion: configVersion(config),
    label: replay.label ?? { kind: 'REPLAY', fromMs, toMs },
    clock,
    random: createSeededRandom(SEED),
    http: NO_NETWORK,
    ledger,
    memory: null,
    redact: (text) => text,
    onLedgerFailure: (error) => broken.push(error),
    onFault: (error) => broken.push(error),
    boundary: answeredBy(gateway),
  });
  const counts = new ReplayCounts();
  let recorded: readonly LedgerEntry[] = [];
  live.onCommitted((entries) => {
    recorded = entries;
    for (const entry of entries) counts.entry(entry);
  });
  for (const [done, slotAtMs] of slots.entries()) {
    if (stop?.aborted === true) break;
    await clock.advanceTo(slotAtMs);
    await engine.runCycle(slotAtMs);
    if (broken.length > 0) throw broken[0];
    const standing = live.decisions();
    counts.cycle(standing);
    onCycle?.(slotAtMs, standing, recorded);
    if (done % PROGRESS_EVERY_SLOTS === 0) onProgress?.(done, slots.length);
  }
  onProgress?.(slots.length, slots.length);
  return counts.totals();
}

function answeredBy(gateway: Gateway): Boundary {
  return {
    outside: (real) => ({ ...real, gateway }),
    cycles: (engine) => engine,
    adopting: (_, adopt) => adopt(),
  };
}

function isOfReplay(label: DataLabel): boolean {
  return label.kind === 'REPLAY' || (label.kind === 'SIMULATED' && label.bars !== undefined);
}

/**
 * A record for a replay; one of an earlier replay in its place is taken away. Rejects with LedgerError where a record of
 * another kind is there, or another process writes it.
 */
export async function createReplayRecord(path: string): Promise<Ledger> {
  if (existsSync(path)) {
    const found = await openSqliteLedger({ path, mode: 'readOnly' });
    const [first] = await found.entriesAfter(0, 1);
    await found.close();
    if (first?.type === 'config' && !isOfReplay(first.body.label))
      throw new LedgerError(
        `${path} is a ${first.body.label.kind} record, which a replay does not write into: name another with --ledger`,
      );
    removeFile(path);
  }
  return openSqliteLedger({ path, mode: 'readWrite', isRepeatable: true });
}
