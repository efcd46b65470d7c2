import type { Desk } from './desk.ts';

/** What an instrument is in need of in a cycle. */
export type Need =
  /** Its history: no bar of it is known. */
  | 'start'
  /** Another try: the last one had to abstain. */
  | 'retry'
  /** To be weighed anew because what its standing decision rests on may be renewed. */
  | 'renewal'
  /** To be weighed anew, or to be told that its market is closed. */
  | 'turn'
  /** A look at its price. */
  | 'look';

/** What it gets; `wait`: it abstains, or goes on abstaining. */
export type Item = 'turn' | 'look' | 'wait';

/** A history is as much work as a hundred quotes: those of thousands at once would keep every price from being read in time. */
export const STARTS_MAX = 1_000;
/** Where thousands abstain, it is for want of answers in time: trying all again at once would see to it that none comes. */
export const RETRIES_MAX = 2_000;
/** A closed bar renews all instruments in the same second: with 5,000 at once a core was still at it when prices were due. */
export const RENEWALS_MAX = 2_500;

/** Of these: what is left where even that is too much. */
const SHARE_MIN = 0.1;
/** Looks that took more of the time that prices have were nearly too late, and then every standing decision would be lost. */
const TOO_FULL = 0.8;
const ROOMY = 0.6;
/** Quickly less, slowly more (additive increase, multiplicative decrease: Chiu and Jain, 1989). */
const LESS = 0.6;
const MORE = 0.05;
/** Fewer looks say nothing of what this process can do. */
const LOOKS_MIN = 1_000;

/** What is done where its turn has not come. */
const OTHERWISE: Readonly<Record<Need, Item>> = {
  start: 'wait',
  retry: 'wait',
  renewal: 'look',
  turn: 'turn',
  look: 'look',
};

/** Who gets what in a cycle. It learns from one cycle to the next how much this process can do beside the looks. */
export class Agenda {
  #share = 1;

  /** Of the portions that a cycle may have, 0.1 to 1. */
  get share(): number {
    return this.#share;
  }

  /**
   * What each gets, in the order of the desks. Of starts, retries and renewals those whose last turn is longest ago come
   * first: of n that stay in need of one each gets it within ceil(n / (share x max)) cycles. A renewal that waits is looked at
   * meanwhile, so a price that moves has it weighed at once.
   */
  of(desks: readonly Pick<Desk, 'turnAtMs'>[], needs: readonly Need[]): Item[] {
    const items = needs.map((need) => OTHERWISE[need]);
    const admit = (wanted: Need, max: number): void => {
      for (const index of firstOf(wanted, Math.floor(this.#share * max), desks, needs)) items[index] = 'turn';
    };
    admit('start', STARTS_MAX);
    admit('retry', RETRIES_MAX);
    admit('renewal', RENEWALS_MAX);
    return items;
  }

  /** Takes note of how much of the time that prices have the looks of a cycle took, 0 or more. */
  looked(looks: number, timeShare: number): void {
    if (looks < LOOKS_MIN) return;
    if (timeShare > TOO_FULL) this.#share = Math.max(SHARE_MIN, this.#share * LESS);
    else if (timeShare < ROOMY) this.#share = Math.min(1, this.#share + MORE);
  }
}

function firstOf(
  wanted: Need,
  max: number,
  desks: readonly Pick<Desk, 'turnAtMs'>[],
  needs: readonly Need[],
): readonly number[] {
  const found = needs.flatMap((need, index) => (need === wanted ? [index] : []));
  if (found.length <= max) return found;
  return found.sort((a, b) => (desks[a]?.turnAtMs ?? 0) - (desks[b]?.turnAtMs ?? 0)).slice(0, max);
}
