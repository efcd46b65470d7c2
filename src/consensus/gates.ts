import type { LeftOut, PriceFix } from '../core/decision.ts';
import type { GateOptions } from '../core/options.ts';
import type { AbstainReason } from '../core/vote.ts';
import { type JumpMemory, jumpStep } from './jump.ts';
import { type WatchPriceInput, watchPrice } from './watch-price.ts';

export type { WatchQuote } from './watch-price.ts';

/** What the gates of one instrument remember from look to look. Plain data, replaced as a whole. */
export type GateMemory = {
  /** The last price believed; null before the first. */
  readonly believedPrice: number | null;
  /** Since when the price has not changed, and when it was last seen so (Unix ms). */
  readonly still: { readonly price: number; readonly sinceMs: number; readonly seenAtMs: number } | null;
  readonly jump: JumpMemory | null;
};

const EMPTY_MEMORY: GateMemory = { believedPrice: null, still: null, jump: null };

export type PriceCheckInput = WatchPriceInput & {
  /** Null before the first look. */
  readonly memory: GateMemory | null;
  readonly options: GateOptions;
};

export type PriceCheck = { readonly leftOut: readonly LeftOut[]; readonly memory: GateMemory } & (
  | { readonly kind: 'pass'; readonly fix: PriceFix }
  | { readonly kind: 'abstain'; readonly reason: AbstainReason; readonly detail: string }
);

/**
 * The price gates of design section 3, from watch quotes alone: a fresh price that two operators confirm, no
 * unexplained jump, no standstill. For an open market only; closed hours leave the memory as it was. When it
 * abstains, more watch sources may be asked and the check repeated over all their quotes with the same
 * `memory`; the memory of the last check of a look is the one to keep.
 */
export function checkPrice(input: PriceCheckInput): PriceCheck {
  const { instrument, nowMs, options } = input;
  const memory = input.memory ?? EMPTY_MEMORY;
  const found = watchPrice(input);
  const { leftOut } = found;
  if (found.kind === 'none') {
    const { reason, detail } = found;
    // Sources that contradict each other interrupt a jump; sources that are silent only leave a gap.
    const jump = reason === 'priceDisagreement' ? null : memory.jump;
    return { kind: 'abstain', reason, detail, leftOut, memory: { ...memory, jump } };
  }

  const { fix } = found;
  const still = stillStep(memory.still, fix.price, nowMs, options.frozenMsMax[instrument.assetClass]);
  const jumped = jumpStep({
    previousPrice: memory.believedPrice ?? fix.price,
    price: fix.price,
    isUnanimous: leftOut.every(({ reason }) => reason !== 'priceDisagreement'),
    memory: memory.jump,
    nowMs,
    options,
    lookGapMsMax: options.quoteAgeMsMax[instrument.assetClass],
  });
  if (jumped.kind === 'held') {
    const next = { ...memory, still, jump: jumped.memory };
    return { kind: 'abstain', reason: 'discontinuity', detail: jumped.detail, leftOut, memory: next };
  }

  const next: GateMemory = { believedPrice: fix.price, still, jump: null };
  const stillMs = nowMs - still.sinceMs;
  if (stillMs >= options.frozenMsMax[instrument.assetClass]) {
    const detail = `${fix.price} has not changed for ${stillMs} ms`;
    return { kind: 'abstain', reason: 'halted', detail, leftOut, memory: next };
  }
  return { kind: 'pass', fix, leftOut, memory: next };
}

/** The standstill goes on only while it is watched: a night between two looks is no halt. */
function stillStep(
  still: GateMemory['still'],
  price: number,
  nowMs: number,
  frozenMsMax: number,
): NonNullable<GateMemory['still']> {
  const goesOn = still !== null && still.price === price && nowMs - still.seenAtMs < frozenMsMax;
  return { price, sinceMs: goesOn ? still.sinceMs : nowMs, seenAtMs: nowMs };
}
