import type { GateOptions } from '../core/options.ts';

/** A jump that is seen and not yet believed. */
export type JumpMemory = {
  /** As last seen. */
  readonly price: number;
  /** First seen, and last seen (Unix ms). */
  readonly sinceMs: number;
  readonly seenAtMs: number;
  readonly isSplitLike: boolean;
};

export type JumpInput = {
  /** The last price that was believed. */
  readonly previousPrice: number;
  readonly price: number;
  /** No operator that was asked shows another price. */
  readonly isUnanimous: boolean;
  readonly memory: JumpMemory | null;
  readonly nowMs: number;
  readonly options: Pick<GateOptions, 'jumpMax' | 'jumpConfirmMs'>;
  /** Looks further apart than this are no continuous observation, in ms. */
  readonly lookGapMsMax: number;
};

export type JumpOutcome =
  | { readonly kind: 'believed' }
  | { readonly kind: 'held'; readonly detail: string; readonly memory: JumpMemory | null };

/** What a split-like jump has to stand instead of `jumpConfirmMs`: over the next opening, in ms. */
export const SPLIT_CONFIRM_MS = 86_400_000;

/**
 * From this factor on trading explains no single step: splits of 5 and more, pence for pounds, a slipped
 * decimal.
 */
const FACTOR_MAX = 4.9;
const SMALL_SPLITS = [2, 3, 4] as const;
const SPLIT_TOLERANCE = 0.02;

/**
 * Whether a price that may have jumped is believed. A step is measured against the price believed last, so a
 * fall in many steps within `jumpMax` is none. A jump is believed once every operator asked has shown it for
 * `jumpConfirmMs` of continuous observation (a contradiction, a further jump or a gap between looks starts it
 * anew): a crash that all sources see gives a signal after that time.
 *
 * A factor near 2, 3 or 4 (within 2 %) or of 4.9 and more, either way, is what a split or a wrong unit looks
 * like, and these last as well as a crash. Waiting tells nothing then, so it is held until the memory is
 * dropped (a restart, another configuration) or it has stood unanimously for `SPLIT_CONFIRM_MS` at every
 * look, closed hours included: by then no bar of the old scale is left in what analysts look at.
 */
export function jumpStep(input: JumpInput): JumpOutcome {
  const { previousPrice, price, isUnanimous, memory, nowMs, options, lookGapMsMax } = input;
  const step = price / previousPrice;
  if (Math.abs(step - 1) <= options.jumpMax) return { kind: 'believed' };

  const detail = `from ${previousPrice} to ${price} in one step (x${step.toFixed(3)})`;
  if (!isUnanimous) return { kind: 'held', detail: `${detail}, and not every source shows it`, memory: null };

  const goesOn =
    memory !== null &&
    Math.abs(price / memory.price - 1) <= options.jumpMax &&
    (memory.isSplitLike || nowMs - memory.seenAtMs <= lookGapMsMax);
  const sinceMs = goesOn ? memory.sinceMs : nowMs;
  const splitLike = goesOn ? memory.isSplitLike : isSplitLike(step);
  const stoodMs = nowMs - sinceMs;
  const neededMs = splitLike ? SPLIT_CONFIRM_MS : options.jumpConfirmMs;
  if (stoodMs >= neededMs) return { kind: 'believed' };
  return {
    kind: 'held',
    detail: `${detail}, ${splitLike ? 'as a split or a wrong unit makes it; ' : ''}has stood ${stoodMs} of ${neededMs} ms`,
    memory: { price, sinceMs, seenAtMs: nowMs, isSplitLike: splitLike },
  };
}

function isSplitLike(step: number): boolean {
  const factor = Math.max(step, 1 / step);
  return (
    factor >= FACTOR_MAX || SMALL_SPLITS.some((split) => Math.abs(factor / split - 1) <= SPLIT_TOLERANCE)
  );
}
