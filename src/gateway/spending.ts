import type { BudgetLeft } from '../core/answer.ts';
import type { SpentMemory } from '../core/gateway-memory.ts';
import type { BudgetOptions } from '../core/options.ts';

const DAY_MS = 86_400_000;
/** Sums of prices in binary fractions are off by less. */
export const ROUNDING_USD = 1e-9;

export function dayOf(atMs: number): number {
  return Math.floor(atMs / DAY_MS) * DAY_MS;
}

export function monthOf(atMs: number): number {
  const date = new Date(atMs);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1);
}

function nextMonthOf(atMs: number): number {
  const date = new Date(atMs);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1);
}

export function nothingSpent(nowMs: number): SpentMemory {
  return {
    dayAtMs: dayOf(nowMs),
    callsToday: 0,
    usdToday: 0,
    monthAtMs: monthOf(nowMs),
    callsThisMonth: 0,
    usdThisMonth: 0,
    largestBillUsd: 0,
  };
}

/** The same at a later moment: a new day or month begins at nothing. A clock that was set back begins none. */
export function spentAt(spent: SpentMemory, nowMs: number): SpentMemory {
  const { dayAtMs, monthAtMs } = spent;
  if (nowMs < dayAtMs + DAY_MS) return spent;
  const day = { ...spent, dayAtMs: dayOf(nowMs), callsToday: 0, usdToday: 0 };
  const month = monthOf(nowMs);
  return month <= monthAtMs ? day : { ...day, monthAtMs: month, callsThisMonth: 0, usdThisMonth: 0 };
}

/** With so many calls and dollars more, or less. */
export function spentMore(spent: SpentMemory, calls: number, usd: number): SpentMemory {
  return {
    ...spent,
    callsToday: spent.callsToday + calls,
    usdToday: spent.usdToday + usd,
    callsThisMonth: spent.callsThisMonth + calls,
    usdThisMonth: spent.usdThisMonth + usd,
  };
}

/** What one request may cost at most, as far as is known: its list price, or the largest bill so far. */
export function reserveUsdOf(spent: SpentMemory, priceUsdPerCall: number | null): number {
  return Math.max(priceUsdPerCall ?? 0, spent.largestBillUsd);
}

export type Shortage = { readonly detail: string; readonly untilMs: number };

/** Why one more call of `reserveUsd` might cross the budget, and until when; null where it cannot. */
export function shortageOf(
  { usdPerDay, usdPerMonth, callsPerDay, callsPerMonth }: BudgetOptions,
  spent: SpentMemory,
  reserveUsd: number,
): Shortage | null {
  const { callsToday, usdToday, callsThisMonth, usdThisMonth, dayAtMs, monthAtMs } = spent;
  if (callsPerMonth !== null && callsThisMonth + 1 > callsPerMonth) {
    return { detail: `all ${callsPerMonth} calls of this month are spent`, untilMs: nextMonthOf(monthAtMs) };
  }
  if (usdPerMonth !== null && usdThisMonth + reserveUsd > usdPerMonth + ROUNDING_USD) {
    const detail = `$${usdThisMonth.toFixed(4)} of the month’s $${usdPerMonth} are spent, and a call may cost $${reserveUsd}`;
    return { detail, untilMs: nextMonthOf(monthAtMs) };
  }
  if (callsPerDay !== null && callsToday + 1 > callsPerDay) {
    return { detail: `all ${callsPerDay} calls of this day are spent`, untilMs: dayAtMs + DAY_MS };
  }
  if (usdPerDay !== null && usdToday + reserveUsd > usdPerDay + ROUNDING_USD) {
    const detail = `$${usdToday.toFixed(4)} of the day’s $${usdPerDay} are spent, and a call may cost $${reserveUsd}`;
    return { detail, untilMs: dayAtMs + DAY_MS };
  }
  return null;
}

/** Nothing is left in this day and month: where what was spent is not known, it may be all. */
export function allSpent(options: BudgetOptions, nowMs: number): SpentMemory {
  const { usdPerDay, usdPerMonth, callsPerDay, callsPerMonth } = options;
  return {
    ...nothingSpent(nowMs),
    callsToday: callsPerDay ?? 0,
    usdToday: usdPerDay ?? 0,
    callsThisMonth: callsPerMonth ?? 0,
    usdThisMonth: usdPerMonth ?? 0,
  };
}

/** A figure with less of its day or month behind it says nothing of how the rest will go. */
const FORECAST_AFTER_MS = 3_600_000;

/** When a budget of the period [fromMs, untilMs) is spent at the pace so far; null: not within it, or too early to say. */
function spentOutAtMs(
  max: number | null,
  used: number,
  fromMs: number,
  untilMs: number,
  nowMs: number,
): number | null {
  if (max === null) return null;
  if (used >= max) return nowMs;
  if (used === 0 || nowMs - fromMs < FORECAST_AFTER_MS) return null;
  const outAtMs = fromMs + ((nowMs - fromMs) * max) / used;
  return outAtMs < untilMs ? Math.round(outAtMs) : null;
}

function runsOutAtMs(options: BudgetOptions, spent: SpentMemory, nowMs: number): number | null {
  const { dayAtMs, monthAtMs } = spent;
  const dayEndMs = dayAtMs + DAY_MS;
  const monthEndMs = nextMonthOf(monthAtMs);
  const moments = [
    spentOutAtMs(options.usdPerDay, spent.usdToday, dayAtMs, dayEndMs, nowMs),
    spentOutAtMs(options.callsPerDay, spent.callsToday, dayAtMs, dayEndMs, nowMs),
    spentOutAtMs(options.usdPerMonth, spent.usdThisMonth, monthAtMs, monthEndMs, nowMs),
    spentOutAtMs(options.callsPerMonth, spent.callsThisMonth, monthAtMs, monthEndMs, nowMs),
  ].filter((moment) => moment !== null);
  return moments.length === 0 ? null : Math.min(...moments);
}

/** What is left at `nowMs`, in whose day and month `spent` was counted. */
export function budgetLeft(options: BudgetOptions, spent: SpentMemory, nowMs: number): BudgetLeft {
  const left = (max: number | null, used: number): number | null =>
    max === null ? null : Math.max(0, max - used);
  return {
    usdLeftToday: left(options.usdPerDay, spent.usdToday),
    usdLeftThisMonth: left(options.usdPerMonth, spent.usdThisMonth),
    callsLeftToday: left(options.callsPerDay, spent.callsToday),
    callsLeftThisMonth: left(options.callsPerMonth, spent.callsThisMonth),
    runsOutAtMs: runsOutAtMs(options, spent, nowMs),
  };
}
