import type { Decision } from '../../src/index.ts';
import type { ProviderCount } from '../emulators/core/provider-count.ts';

/** What a run shows when a slot is over. */
export type SlotView = {
  /** 0 for the first of the run. */
  readonly slot: number;
  readonly slotAtMs: number;
  /** Standing, in configured symbol order. */
  readonly decisions: readonly Decision[];
  /** The providers' own counts so far. */
  readonly counts: () => Readonly<Record<string, ProviderCount>>;
};

/** Looks on while a scenario runs, and changes nothing of it. */
export type RunObserver = { slotOver(view: SlotView): void | Promise<void> };
