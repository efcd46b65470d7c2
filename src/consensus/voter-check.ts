import type { Bar } from '../core/bar.ts';
import type { ConsensusOptions, GateOptions } from '../core/options.ts';
import { isWithin } from './watch-price.ts';

/**
 * Why a bar of a voter cannot be believed, in words, or null (design section 3: a voter whose own price
 * disagrees with the watch price has failed). It must close within `priceToleranceBps` of the watch's bar of
 * the same span; where the watch has none, the bar may be old and is held only to the `jumpMax` from the
 * confirmed price: that finds a wrong symbol, unit or split. All prices in the instrument's currency.
 */
export function voterBarFault(
  bar: Bar,
  watchClose: number | null,
  price: number,
  { priceToleranceBps }: Pick<ConsensusOptions, 'priceToleranceBps'>,
  { jumpMax }: Pick<GateOptions, 'jumpMax'>,
): string | null {
  if (watchClose !== null) {
    return isWithin(bar.close, watchClose, priceToleranceBps)
      ? null
      : `its bar closes at ${bar.close}, the watched one at ${watchClose}: more than ${priceToleranceBps} bps apart`;
  }
  return Math.abs(bar.close / price - 1) <= jumpMax
    ? null
    : `its bar closes at ${bar.close}, while the price is ${price}`;
}
