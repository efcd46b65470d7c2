import { createMemoryLedger, createVirtualClock, type LedgerEntry, verifyRecord } from '../../src/index.ts';
import { createLab } from '../lab.ts';
import { labHttp } from '../lab-http.ts';
import { DAY_MS } from '../market/market.ts';
import { Host } from './host.ts';
import { DiskError, ModelledDisk } from './modelled-disk.ts';
import type { RunObserver } from './observer.ts';
import { pointedAt } from './pointed-at.ts';
import { reportOf, type SimulationReport } from './report.ts';
import { RunCounts } from './run-counts.ts';
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
/** By then a cycle has long decided and recorded. */
const OVER_SHARE_OF_CYCLE = 0.9;

/**
 * Runs the engine, unchanged, through a scenario in virtual time: emulated providers in process, a record in memory, one
 * seed. It touches no socket, no timer and no chance of this machine; equal scenarios give equal reports.
 */
export async function simulate(scenario: Scenario, options: SimulateOptions = {}): Promise<SimulationReport> {
  const { seed, config, market, providers, machine: faults, startAtMs } = scenario;
  const { cycleMs } = config;
  const counts = new RunCounts(scenario);
  const world = createVirtualClock(startAtMs - 1);
  const lab = createLab({
    market,
    seed,
    providers,
    onArrival: (id, arrival) => {
      counts.arrival(id, arrival);
      watchman.arrival(id, arrival);
    },
  });
  const record = createMemoryLedger();
  const onRecorded = (entries: readonly LedgerEntry[]): void => {
    const nowMs = host.nowMs();
    watchman.recorded(entries, nowMs);
    counts.recorded(entries, nowMs, world.nowMs());
  };
  const host: Host = new Host({
    seed,
    faults,
    world,
    disk: new ModelledDisk({ record, faults, world, onRecorded }),
    http: counts.criticalPaths.noted(labHttp(lab, world), world),
    engine: {
      config: pointedAt(lab, scenario),
      configVersion: scenario.configVersion,
      label: market.label,
      redact: (text) => text,
      onLedgerFailure: (error) => {
        if (!(error instanceof DiskError)) watchman.brokenRecord(String(error));
      },
    },
  });
  const watchman = new Watchman({
    config,
    market,
    host,
    firstSlotAtMs: startAtMs,
    bills: () => lab.counts(),
  });
  await host.start();

  const slots = slotsOf(scenario);
  for (let slot = 0; slot < slots && options.stop?.aborted !== true; slot += 1) {
    const slotAtMs = startAtMs + slot * cycleMs;
    await world.advanceTo(slotAtMs + cycleMs - 1);
    const shown = host.decisions();
    watchman.slotOver(slotOverAt(host.nowMs(), config), shown);
    const view = { slot, slotAtMs, decisions: shown, counts: () => lab.counts() };
    counts.slotOver(view);
    for (const observer of options.observers ?? []) await observer.slotOver(view);
    if ((slot + 1) % PROGRESS_EVERY_SLOTS === 0) options.onProgress?.(slot + 1, slots);
  }
  await host.stop();
  const verified = await verifyRecord(record, {});
  if (verified.fault !== null) watchman.brokenRecord(`row ${verified.fault.seq}: ${verified.fault.detail}`);
  return reportOf({ scenario, counts, watchman, providers: lab.counts() });
}

export function slotsOf({ days, config }: Pick<Scenario, 'days' | 'config'>): number {
  return Math.floor((days * DAY_MS) / config.cycleMs);
}

/** The newest slot that is over, or all but over, by a clock: it may not run in step with the world's. */
function slotOverAt(nowMs: number, { cycleMs, cycleOffsetMs }: Scenario['config']): number {
  const atMs = nowMs - OVER_SHARE_OF_CYCLE * cycleMs - cycleOffsetMs;
  return Math.floor(atMs / cycleMs) * cycleMs + cycleOffsetMs;
}
