import {
  createEngine,
  createMemoryLedger,
  createSeededRandom,
  createVirtualClock,
  type EngineWorld,
  type Ledger,
  type LedgerEntry,
  verifyRecord,
} from '../../src/index.ts';
import { createLab } from '../lab.ts';
import { labHttp } from '../lab-http.ts';
import { DAY_MS } from '../market/market.ts';
import { CriticalPaths } from './critical-paths.ts';
import { EventLog } from './event-log.ts';
import { Figures } from './figures.ts';
import type { RunObserver } from './observer.ts';
import { pointedAt } from './pointed-at.ts';
import { Recovery } from './recovery.ts';
import { reportOf, type SimulationReport } from './report.ts';
import { Savings } from './savings.ts';
import type { Scenario } from './scenario.ts';
import { Watchman } from './watchman.ts';

export type SimulateOptions = {
  /** Told now and then how many slots are done. */
  readonly onProgress?: (done: number, total: number) => void;
  /** Ends the run early: the report is about the slots that were done. */
  readonly stop?: AbortSignal;
  readonly observers?: readonly RunObserver[];
};

const PROGRESS_EVERY_SLOTS = 500;

/**
 * Runs the engine, unchanged, through a scenario in virtual time: emulated providers in process, a record in memory, one
 * seed. It touches no socket, no timer and no chance of this machine; equal scenarios give equal reports.
 */
export async function simulate(scenario: Scenario, options: SimulateOptions = {}): Promise<SimulationReport> {
  const { seed, config, market, providers, startAtMs } = scenario;
  const { cycleMs } = config;
  const log = new EventLog();
  const figures = new Figures();
  const watchman = new Watchman(config, market, startAtMs);
  const criticalPaths = new CriticalPaths();
  const recovery = new Recovery(providers);
  const savings = new Savings();
  const lab = createLab({
    market,
    seed,
    providers,
    onArrival: (id, arrival) => {
      log.arrival(id, arrival);
      watchman.arrival(id, arrival);
      recovery.arrival(id, arrival);
    },
  });
  const clock = createVirtualClock(startAtMs - 1);
  const record = createMemoryLedger();
  const onRecorded = (entries: readonly LedgerEntry[]): void => {
    log.recorded(entries);
    watchman.recorded(entries, clock.nowMs());
    figures.recorded(entries, clock.nowMs(), cycleMs);
    for (const { type, body } of entries) {
      if (type === 'cycle') criticalPaths.cycleOver(body.slotAtMs, clock.nowMs());
    }
  };
  const world: EngineWorld = {
    config: pointedAt(lab, scenario),
    configVersion: scenario.configVersion,
    label: market.label,
    clock,
    random: createSeededRandom(seed),
    http: criticalPaths.noted(labHttp(lab, clock), clock),
    ledger: toldLedger(record, onRecorded),
    memory: null,
    redact: (text) => text,
    onLedgerFailure: (error) => watchman.brokenRecord(String(error)),
  };
  const { engine, live } = await createEngine(world);
  const over = new AbortController();
  const running = engine.run(over.signal);

  const slots = slotsOf(scenario);
  for (let slot = 0; slot < slots && options.stop?.aborted !== true; slot += 1) {
    const slotAtMs = startAtMs + slot * cycleMs;
    await clock.advanceTo(slotAtMs + cycleMs - 1);
    const shown = live.decisions();
    watchman.slotOver(slotAtMs, shown);
    log.slotOver(slotAtMs, shown);
    figures.slotOver(shown);
    const view = { slot, slotAtMs, decisions: shown, counts: () => lab.counts() };
    savings.slotOver(view);
    for (const observer of options.observers ?? []) await observer.slotOver(view);
    if ((slot + 1) % PROGRESS_EVERY_SLOTS === 0) options.onProgress?.(slot + 1, slots);
  }
  over.abort();
  await running;
  const verified = await verifyRecord(record, {});
  if (verified.fault !== null) watchman.brokenRecord(`row ${verified.fault.seq}: ${verified.fault.detail}`);
  return reportOf({
    scenario,
    figures,
    watchman,
    criticalPaths,
    recovery,
    savings,
    counts: lab.counts(),
    eventLogSha256: log.digest(),
  });
}

export function slotsOf({ days, config }: Pick<Scenario, 'days' | 'config'>): number {
  return Math.floor((days * DAY_MS) / config.cycleMs);
}

/** Tells what became durable, and changes nothing. */
function toldLedger(ledger: Ledger, onRecorded: (entries: readonly LedgerEntry[]) => void): Ledger {
  const told = async (entries: Promise<readonly LedgerEntry[]>): Promise<readonly LedgerEntry[]> => {
    onRecorded(await entries);
    return entries;
  };
  return {
    append: (record) => told(ledger.append(record)),
    appendConfig: (body) => told(ledger.appendConfig(body)),
    recover: () => ledger.recover(),
    head: () => ledger.head(),
    standing: () => ledger.standing(),
    entriesAfter: (seq, limit) => ledger.entriesAfter(seq, limit),
    decisions: (filter) => ledger.decisions(filter),
    signals: (filter) => ledger.signals(filter),
    signal: (id) => ledger.signal(id),
    decisionAt: (instrumentId, atMs) => ledger.decisionAt(instrumentId, atMs),
    verify: (options) => ledger.verify(options),
    close: () => ledger.close(),
  };
}
