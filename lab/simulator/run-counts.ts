import type { LedgerEntry } from '../../src/index.ts';
import type { Arrival } from '../emulators/core/provider-count.ts';
import { CriticalPaths } from './critical-paths.ts';
import { EventLog } from './event-log.ts';
import { Figures } from './figures.ts';
import type { SlotView } from './observer.ts';
import { Recovery } from './recovery.ts';
import { Savings } from './savings.ts';
import type { Scenario } from './scenario.ts';

/** Everything that is counted over a run. */
export class RunCounts {
  readonly log = new EventLog();
  readonly figures = new Figures();
  readonly criticalPaths = new CriticalPaths();
  readonly recovery: Recovery;
  readonly savings: Savings;
  readonly #cycleMs: number;

  constructor({ config, providers }: Pick<Scenario, 'config' | 'providers'>) {
    this.recovery = new Recovery(providers);
    this.savings = new Savings(config.flags.opinionReuse);
    this.#cycleMs = config.cycleMs;
  }

  arrival(providerId: string, arrival: Arrival): void {
    this.log.arrival(providerId, arrival);
    this.recovery.arrival(providerId, arrival);
  }

  /** What became durable at `nowMs` by the machine's clock and `worldNowMs` by the world's. */
  recorded(entries: readonly LedgerEntry[], nowMs: number, worldNowMs: number): void {
    this.log.recorded(entries);
    this.figures.recorded(entries, nowMs, this.#cycleMs);
    if (entries.some(({ type }) => type === 'cycle')) this.criticalPaths.cycleOver(worldNowMs);
  }

  slotOver(view: SlotView): void {
    this.log.slotOver(view.slotAtMs, view.decisions);
    this.figures.slotOver(view.decisions);
    this.savings.slotOver(view);
  }
}
