import type { AssetClass } from '../core/instrument.ts';
import { nextOpenMs, sessionAt } from '../core/sessions/session.ts';

export type SlotsOptions = {
  readonly assetClasses: readonly AssetClass[];
  /** Length of a bar. */
  readonly intervalMs: number;
  /** Slots begin so long after the close of a bar. */
  readonly offsetMs: number;
  /** Closes of the bars for which there is a slot (Unix ms), both inclusive. */
  readonly fromMs: number;
  readonly toMs: number;
};

/**
 * The slots of a replay: one after the close of each bar. While no market is open there is one only, in which everyone finds
 * that out; the rest of that time is passed over.
 */
export function* replaySlots({
  assetClasses,
  intervalMs,
  offsetMs,
  fromMs,
  toMs,
}: SlotsOptions): Generator<number> {
  const isOpenAt = (atMs: number): boolean =>
    assetClasses.some((assetClass) => sessionAt(assetClass, atMs).phase === 'open');
  const slotFrom = (atMs: number): number =>
    Math.ceil((atMs - offsetMs) / intervalMs) * intervalMs + offsetMs;
  let wasOpen = true;
  for (let slotAtMs = slotFrom(fromMs); slotAtMs <= toMs + offsetMs; slotAtMs += intervalMs) {
    const isOpen = isOpenAt(slotAtMs);
    if (isOpen || wasOpen) yield slotAtMs;
    else {
      const opensAtMs = Math.min(...assetClasses.map((assetClass) => nextOpenMs(assetClass, slotAtMs)));
      slotAtMs = slotFrom(opensAtMs) - intervalMs;
    }
    wasOpen = isOpen;
  }
}
