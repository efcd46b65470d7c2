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

/** What it gets; `turnAfterLooks`: once all looks are over; `wait`: it abstains, or goes on abstaining. */
export type Item = 'turn' | 'turnAfterLooks' | 'look' | 'wait';

/** A history is as much work as a hundred quotes: those of thousands at once would keep every price from being read in time. */
export const STARTS_MAX = 1_000;
/** Where thousands abstain, it is for want of answers in time: trying all again at once would see to it that none comes. */
export const RETRIES_MAX = 2_000;
/** A closed bar renews all instruments in the same second: with 5,000 at once a core was still at it when prices were due. */
export const RENEWALS_MAX = 2_500;

/** Of these: what is left where even that is too much. */
const SHARE_MIN = 0.1;
/** A price that took more of the time it has was nearly too late, and then nothing could be decided. */
const TOO_LONG = 0.8;
/** One that took less leaves room for more. */
const EASY = 0.6;
/** So many may take longer: a source of theirs may be slow. */
const ODD_SHARE = 0.1;
/** Quickly less, slowly more (additive increase, multiplicative decrease: Chiu and Jain, 1989). */
const LESS = 0.6;
const MORE = 0.05;
/** Fewer prices say nothing of what this process can do. */
const PRICES_MIN = 50;
/** Where so many are looked at nothing else shall keep their prices from being read. */
const CROWD_MIN = 1_000;

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
  /** Prices of those that had their turn by a portion, since the last agenda, and how many of them took long. */
  #prices = 0;
  #notEasy = 0;
  #tooLong = 0;

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
    this.#learn();
    const portion = (wanted: Need, max: number): readonly number[] =>
      firstOf(wanted, Math.floor(this.#share * max), desks, needs);
    const admitted = [
      ...portion('start', STARTS_MAX),
      ...portion('retry', RETRIES_MAX),
      ...portion('renewal', RENEWALS_MAX),
    ];
    const items = needs.map((need) => OTHERWISE[need]);
    for (const index of admitted) items[index] = 'turn';
    if (isCrowd(items)) for (const index of admitted) items[index] = 'turnAfterLooks';
    return items;
  }

  /** Takes note of how much of the time that it has a price took, of one that has its turn by a portion; 0 or more. */
  priced(timeShare: number): void {
    this.#prices += 1;
    if (timeShare > EASY) this.#notEasy += 1;
    if (timeShare > TOO_LONG) this.#tooLong += 1;
  }

  #learn(): void {
    if (this.#prices >= PRICES_MIN) {
      const oddMax = ODD_SHARE * this.#prices;
      if (this.#tooLong > oddMax) this.#share = Math.max(SHARE_MIN, this.#share * LESS);
      else if (this.#notEasy <= oddMax) this.#share = Math.min(1, this.#share + MORE);
    }
    this.#prices = 0;
    this.#notEasy = 0;
    this.#tooLong = 0;
  }
}

/** Whether so many are looked at that what has time waits until they are done. */
export function isCrowd(items: readonly Item[]): boolean {
  return items.filter((item) => item === 'look').length >= CROWD_MIN;
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
