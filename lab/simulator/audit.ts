import { keyOf, subkey, uniformAt } from '../chance.ts';
import { type Agreement, agreementOf } from './agreement.ts';
import { DecisionTrack } from './decision-track.ts';
import { type Difference, Differences } from './differences.ts';
import type { RunObserver, SlotView } from './observer.ts';
import type { Scenario } from './scenario.ts';
import { slotsOf } from './simulate.ts';
import { createTwin, type Twin } from './twin.ts';

const HOUR_MS = 3_600_000;
/** After a pause of the twin its first slots fetch what it missed and do not count. */
const WARM_UP_MS = 120_000;

/** Runs a {@link Twin} beside a run, in a share of its hours that the seed draws, and holds the decisions together. */
export class Audit implements RunObserver {
  readonly fresh: DecisionTrack;
  readonly ours: DecisionTrack;
  readonly #twin: Twin;
  readonly #key: number;
  readonly #share: number;
  readonly #differences = new Differences();
  readonly #warmUpSlots: number;
  #lastSlot = -1;
  #slotsInRow = 0;

  private constructor(scenario: Scenario, twin: Twin, share: number) {
    this.fresh = trackOf(scenario);
    this.ours = trackOf(scenario);
    this.#twin = twin;
    this.#share = share;
    this.#key = subkey(keyOf(scenario.seed), keyOf('audit'));
    this.#warmUpSlots = Math.ceil(WARM_UP_MS / scenario.config.cycleMs);
  }

  /** `share` of the hours, 0..1; 1 is every slot. */
  static async of(scenario: Scenario, share: number): Promise<Audit> {
    return new Audit(scenario, await createTwin(scenario), share);
  }

  async slotOver(view: SlotView): Promise<void> {
    this.ours.slotOver(view);
    const { slot, slotAtMs, decisions } = view;
    if (uniformAt(subkey(this.#key, Math.floor(slotAtMs / HOUR_MS))) > this.#share) return;
    const fresh = await this.#twin.decisionsAt(slotAtMs);
    const isPaused = this.#lastSlot !== slot - 1;
    this.#slotsInRow = isPaused ? 0 : this.#slotsInRow + 1;
    this.#lastSlot = slot;
    // The first slot of the run is a beginning for both.
    if (slot >= this.#warmUpSlots && this.#slotsInRow < this.#warmUpSlots && this.#share < 1) return;
    this.fresh.slotOver({ slot, decisions: fresh });
    for (const [index, decision] of decisions.entries()) {
      const other = fresh[index];
      if (other !== undefined) this.#differences.see(decision, other);
    }
  }

  get agreement(): Agreement {
    return agreementOf(this.ours, this.fresh);
  }

  /** Why they differ where they do, most frequent first. */
  get causes(): readonly Difference[] {
    return this.#differences.top();
  }
}

export function trackOf(scenario: Scenario): DecisionTrack {
  const { config, startAtMs } = scenario;
  const symbolIds = config.symbols.map(({ id }) => id);
  return new DecisionTrack(symbolIds, startAtMs, config.cycleMs, slotsOf(scenario));
}
