import type { RunObserver, SlotView } from './observer.ts';

/** What an hour of a run came to; the last one may be shorter. */
export type HourFigures = {
  readonly startsAtMs: number;
  readonly slots: number;
  readonly calls: number;
  readonly costUsd: number;
};

const HOUR_MS = 3_600_000;

/** Cuts the providers' counts into hours of the run. */
export class Hourly implements RunObserver {
  readonly #hours: { startsAtMs: number; slots: number; calls: number; costUsd: number }[] = [];
  readonly #slotsPerHour: number;
  #callsBefore = 0;
  #costBeforeUsd = 0;

  constructor(cycleMs: number) {
    this.#slotsPerHour = Math.max(1, Math.round(HOUR_MS / cycleMs));
  }

  get hours(): readonly HourFigures[] {
    return this.#hours;
  }

  slotOver({ slot, slotAtMs, counts }: SlotView): void {
    let hour = this.#hours[Math.floor(slot / this.#slotsPerHour)];
    if (hour === undefined) {
      hour = { startsAtMs: slotAtMs, slots: 0, calls: 0, costUsd: 0 };
      this.#hours.push(hour);
    }
    hour.slots += 1;
    const providers = Object.values(counts());
    const calls = providers.reduce((sum, { requests }) => sum + requests, 0);
    const costUsd = providers.reduce((sum, { billedUsd }) => sum + billedUsd, 0);
    hour.calls += calls - this.#callsBefore;
    hour.costUsd += costUsd - this.#costBeforeUsd;
    this.#callsBefore = calls;
    this.#costBeforeUsd = costUsd;
  }
}
