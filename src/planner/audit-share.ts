import type { SourceOptions } from '../core/options.ts';

const DAY_MS = 86_400_000;
const MONTH_DAYS = 30;
/** A market question, and the bars it may lack. */
const CALLS_PER_AUDIT = 2;
/** Of a budget or of an allowance of a day or longer: audits may take so much. */
const AUDITS_SHARE_MAX = 0.1;

/**
 * Whether a source can be audited so often: audits would take at most a tenth of each budget and of each allowance of a
 * day or longer. What a call costs where no budget is set, the user accepts by the share of audits.
 */
export function canAfford({ limits, budget, priceUsdPerCall }: SourceOptions, auditsPerDay: number): boolean {
  const callsPerDay = CALLS_PER_AUDIT * auditsPerDay;
  const usdPerDay = callsPerDay * (priceUsdPerCall ?? 0);
  const takes: readonly (readonly [taken: number, allowed: number | null])[] = [
    [callsPerDay, budget?.callsPerDay ?? null],
    [callsPerDay * MONTH_DAYS, budget?.callsPerMonth ?? null],
    [usdPerDay, budget?.usdPerDay ?? null],
    [usdPerDay * MONTH_DAYS, budget?.usdPerMonth ?? null],
    ...limits
      .filter(({ windowMs }) => windowMs >= DAY_MS)
      .map(({ max, windowMs }) => [(callsPerDay * windowMs) / DAY_MS, max] as const),
  ];
  return takes.every(([taken, allowed]) => allowed === null || taken <= AUDITS_SHARE_MAX * allowed);
}
