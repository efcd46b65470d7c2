import type { FailureKind } from '../core/failure.ts';

/** First pause after a refusal without a stated wait, and the longest it grows to by doubling. */
const PAUSES = {
  limit: { floorMs: 1_000, capMs: 300_000 },
  quota: { floorMs: 300_000, capMs: 4 * 3_600_000 },
} as const;

/** A longer stated wait is taken for a mistake (Binance bans for 3 days at most). */
const STATED_MS_MAX = 7 * 86_400_000;
/** Added on top at random, as a share of the pause and at most so long: several processes must not come back together. */
const JITTER_SHARE = 0.1;
const JITTER_MS_MAX = 1_000;

export type RefusalKind = keyof typeof PAUSES;

export function isRefusal(kind: FailureKind): kind is RefusalKind {
  return kind in PAUSES;
}

/**
 * How long to send nothing after the `refusals`-th refusal in a row (1, 2, …), in ms. What the provider states is
 * obeyed; where it states nothing, or refuses again after that, the pause doubles up to a cap.
 * @param chance uniform in [0, 1)
 */
export function refusalWaitMs(
  kind: RefusalKind,
  refusals: number,
  statedMs: number | null,
  chance: number,
): number {
  const { floorMs, capMs } = PAUSES[kind];
  const ownMs = statedMs !== null && refusals === 1 ? 0 : Math.min(floorMs * 2 ** (refusals - 1), capMs);
  const waitMs = Math.max(ownMs, Math.min(statedMs ?? 0, STATED_MS_MAX));
  return Math.ceil(waitMs + chance * Math.min(waitMs * JITTER_SHARE, JITTER_MS_MAX));
}
