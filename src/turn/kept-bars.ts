import type { ComponentSize } from '../core/component-size.ts';

type Keeping = { readonly kept: { readonly bars: number; readonly bytes: number } };

/** What of a desk keeps bars: its watch, its voters, and who may stand in for these. */
type BarKeepers = {
  readonly market: Keeping;
  readonly voters: readonly {
    readonly desk: Keeping;
    readonly backups: readonly { readonly desk: Keeping }[];
  }[];
};

/** The bars of all desks. */
export function keptBars(desks: readonly BarKeepers[]): ComponentSize {
  let entries = 0;
  let bytes = 0;
  const add = ({ kept }: Keeping): void => {
    entries += kept.bars;
    bytes += kept.bytes;
  };
  for (const { market, voters } of desks) {
    add(market);
    for (const { desk, backups } of voters) {
      add(desk);
      for (const backup of backups) add(backup.desk);
    }
  }
  return { component: 'bars', entries, bytes };
}
