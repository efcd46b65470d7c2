import type { AssetClass } from '../core/instrument.ts';
import { ASK_SHARE_OF_CYCLE } from '../core/options.ts';
import type { LimitWindow } from '../core/source.ts';
import { type Errand, PLAN_CASES, type PlanCase } from './errands.ts';
import { type OpenHours, roundsIn } from './open-hours.ts';

export type HoursByClass = Readonly<Record<AssetClass, OpenHours>>;

/** A limit and what a plan needs of it. */
export type LimitUse = LimitWindow & {
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

/** How far a source's errands use one of its limits. */
export function limitUse(
  limit: LimitWindow,
  errands: readonly Errand[],
  hours: HoursByClass,
  cycleMs: number,
): LimitUse {
  const { judgedOverMs, allowed } = judged(limit, cycleMs);
  const needed = byCase((planCase) => unitsIn(judgedOverMs, errands, planCase, hours));
  return { ...limit, judgedOverMs, allowed, needed, share: byCase((planCase) => needed[planCase] / allowed) };
}

/** Sum over the errands of units per round x rounds in the window. */
export function unitsIn(
  windowMs: number,
  errands: readonly Errand[],
  planCase: PlanCase,
  hours: HoursByClass,
): number {
  return errands.reduce((units, { cadence, assetClass }) => {
    const { unitsPerRound, everyMs } = cadence[planCase];
    return units + unitsPerRound * roundsIn(hours[assetClass], windowMs, everyMs);
  }, 0);
}

/**
 * A window below a minute is looked at over a minute (or a cycle, if that is longer): what one cycle cannot send leaves
 * in the next. Windows shorter than a cycle are filled in its asking time only:
 * max x max(1, floor(asking time / window)) x floor(minute / cycle); those between: max x floor(minute / window).
 */
function judged({ max, windowMs }: LimitWindow, cycleMs: number): { judgedOverMs: number; allowed: number } {
  const overMs = Math.max(MINUTE_MS, cycleMs);
  if (windowMs >= overMs) return { judgedOverMs: windowMs, allowed: max };
  if (windowMs >= cycleMs) return { judgedOverMs: overMs, allowed: max * Math.floor(overMs / windowMs) };
  const perCycle = max * Math.max(1, Math.floor((ASK_SHARE_OF_CYCLE * cycleMs) / windowMs));
  return { judgedOverMs: overMs, allowed: perCycle * Math.floor(overMs / cycleMs) };
}

export function byCase<T>(of: (planCase: PlanCase) => T): Record<PlanCase, T> {
  return Object.fromEntries(PLAN_CASES.map((planCase) => [planCase, of(planCase)])) as Record<PlanCase, T>;
}
