import { flowRateOf, isHourly } from '../core/flow-rate.ts';
import { GATEWAY_DEFAULTS } from '../core/gateway-options.ts';
import type { AssetClass } from '../core/instrument.ts';
import { ASK_SHARE_OF_CYCLE, type Config, type SourceOptions } from '../core/options.ts';
import type { LimitWindow } from '../core/source.ts';
import { type Cadence, type Errand, PLAN_CASES, type PlanCase } from './errands.ts';
import { monthMs, type OpenHours, roundsIn } from './open-hours.ts';

export type HoursByClass = Readonly<Record<AssetClass, OpenHours>>;

/** What must not be exceeded, and who says so. */
export type Allowance = LimitWindow & {
  readonly setBy: 'provider' | 'budget';
  /** `weight` where the provider gives its calls different weights. */
  readonly countedIn: 'calls' | 'weight';
};

/** An allowance and what a plan needs of it. */
export type LimitUse = Allowance & {
  /** Needed and allowed are counted over this long, in ms: the window itself, or a minute where it is shorter. */
  readonly judgedOverMs: number;
  /** Units that may leave in that time. */
  readonly allowed: number;
  /** Units that want to leave in that time, at the busiest. */
  readonly needed: Readonly<Record<PlanCase, number>>;
  /** needed / allowed; above 1 the limit holds some back. */
  readonly share: Readonly<Record<PlanCase, number>>;
};

const MINUTE_MS = 60_000;
/** 0.3 / 0.1 is a little less than 3. */
const ROUNDING = 1e-9;

const DAY_MS = 86_400_000;

/**
 * The provider's limits, and the user's budgets as calls: a budget in money allows floor(money / price of a call); where
 * only the bill tells the price, nothing can be said of it. Days and months of budgets are those of the calendar.
 */
export function allowancesOf(
  { limits, budget, priceUsdPerCall }: SourceOptions,
  errands: readonly Errand[],
  hours: HoursByClass,
): Allowance[] {
  const countedIn = errands.every(isUnweighed) ? 'calls' : 'weight';
  const ofProvider = limits.map((limit): Allowance => ({ ...limit, setBy: 'provider', countedIn }));
  if (budget === null) return ofProvider;
  const inMoney = (usd: number | null): number | null =>
    usd === null || priceUsdPerCall === null || priceUsdPerCall === 0
      ? null
      : Math.floor(usd / priceUsdPerCall + ROUNDING);
  const ofUser = (max: number | null, windowMs: number): Allowance[] =>
    max === null ? [] : [{ max, windowMs, counting: 'fixed', setBy: 'budget', countedIn: 'calls' }];
  const ofMonthMs = monthMs(hours.crypto);
  return [
    ...ofProvider,
    ...ofUser(budget.callsPerDay, DAY_MS),
    ...ofUser(budget.callsPerMonth, ofMonthMs),
    ...ofUser(inMoney(budget.usdPerDay), DAY_MS),
    ...ofUser(inMoney(budget.usdPerMonth), ofMonthMs),
  ];
}

function isUnweighed({ cadence }: Errand): boolean {
  return PLAN_CASES.every((of) => cadence[of].callsPerRound === cadence[of].unitsPerRound);
}

/** How far a source's errands use one of its limits. */
export function limitUse(
  limit: Allowance,
  errands: readonly Errand[],
  hours: HoursByClass,
  config: Pick<Config, 'cycleMs' | 'flags'>,
): LimitUse {
  const { judgedOverMs, allowed } = judged(limit, config);
  const needed = byCase((planCase) => unitsIn({ ...limit, judgedOverMs }, errands, planCase, hours));
  return { ...limit, judgedOverMs, allowed, needed, share: byCase((planCase) => needed[planCase] / allowed) };
}

/** What a round of an errand takes of an allowance. */
export function unitsOf({ countedIn }: Pick<Allowance, 'countedIn'>, cadence: Cadence): number {
  return countedIn === 'calls' ? cadence.callsPerRound : cadence.unitsPerRound;
}

/** Sum over the errands of units per round x rounds in the time the limit is judged over. */
export function unitsIn(
  limit: Pick<LimitUse, 'countedIn' | 'judgedOverMs'>,
  errands: readonly Errand[],
  planCase: PlanCase,
  hours: HoursByClass,
): number {
  return errands.reduce((units, { cadence, assetClass }) => {
    const rounds = roundsIn(hours[assetClass], limit.judgedOverMs, cadence[planCase].everyMs);
    return units + unitsOf(limit, cadence[planCase]) * rounds;
  }, 0);
}

/**
 * A window below a minute is looked at over a minute (or a cycle, if that is longer): what one cycle cannot send leaves
 * in the next. Windows shorter than a cycle are filled in its asking time only:
 * max x max(1, floor(asking time / window)) x floor(minute / cycle); those between: max x floor(minute / window).
 * Of a provider's hours only what flows evenly can be counted on, hour after hour.
 */
function judged(
  { max, windowMs, setBy }: Allowance,
  { cycleMs, flags }: Pick<Config, 'cycleMs' | 'flags'>,
): { judgedOverMs: number; allowed: number } {
  const { pace } = GATEWAY_DEFAULTS;
  if (setBy === 'provider' && isHourly({ windowMs }) && flags.pacing && pace !== null) {
    const { burst } = flowRateOf({ max, windowMs }, pace.hourlyBurstShare);
    return { judgedOverMs: windowMs, allowed: max - burst + 1 };
  }
  const overMs = Math.max(MINUTE_MS, cycleMs);
  if (windowMs >= overMs) return { judgedOverMs: windowMs, allowed: max };
  if (windowMs >= cycleMs) return { judgedOverMs: overMs, allowed: max * Math.floor(overMs / windowMs) };
  const perCycle = max * Math.max(1, Math.floor((ASK_SHARE_OF_CYCLE * cycleMs) / windowMs));
  return { judgedOverMs: overMs, allowed: perCycle * Math.floor(overMs / cycleMs) };
}

export function byCase<T>(of: (planCase: PlanCase) => T): Record<PlanCase, T> {
  return Object.fromEntries(PLAN_CASES.map((planCase) => [planCase, of(planCase)])) as Record<PlanCase, T>;
}
