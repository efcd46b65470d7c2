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

/** What is done where its turn has not come. */
const OTHERWISE: Readonly<Record<Need, Item>> = {
  start: 'wait',
  retry: 'wait',
  renewal: 'look',
  turn: 'turn',
  look: 'look',
};

/**
 * What each gets, in the order of the desks. Of starts, retries and renewals those whose last turn is longest ago come
 * first: of n that stay in need of one each gets it within ceil(n / max) cycles. A renewal that waits is looked at
 * meanwhile, so a price that moves has it weighed at once.
 */
export function agendaOf(desks: readonly Pick<Desk, 'turnAtMs'>[], needs: readonly Need[]): Item[] {
  const items = needs.map((need) => OTHERWISE[need]);
  for (const index of firstOf('start', STARTS_MAX, desks, needs)) items[index] = 'turn';
  for (const index of firstOf('retry', RETRIES_MAX, desks, needs)) items[index] = 'turn';
  for (const index of firstOf('renewal', RENEWALS_MAX, desks, needs)) items[index] = 'turn';
  return items;
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
