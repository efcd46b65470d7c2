import type { AssetClass } from '../core/instrument.ts';
import type { Config } from '../core/options.ts';
import { allowancesOf, byCase, type HoursByClass, type LimitUse, limitUse } from './allowance.ts';
import { type Errand, errandsOf, type PlanCase, type PlanSeat, type Purpose, symbolsOf } from './errands.ts';
import { type Month, monthMs, monthOnly, type OpenHours, openHours, roundsIn } from './open-hours.ts';
import { type Shortfall, shortfallAt } from './shortfall.ts';

export type ByCase = Readonly<Record<PlanCase, number>>;

/** Calls of one source, or of one asset class at it. */
export type CallCounts = {
  /** Means while the market trades: calls per round x cycle (or minute) / time between rounds. */
  readonly perCycle: ByCase;
  readonly perMinute: ByCase;
  /** The fullest day of the month: calls per round x rounds in it. */
  readonly perDay: ByCase;
  readonly perMonth: ByCase;
};

export type MoneyRange = {
  /** Calls x price of a call. */
  readonly usdPerDay: ByCase;
  readonly usdPerMonth: ByCase;
};

export type ClassPlan = {
  readonly assetClass: AssetClass;
  readonly instrumentIds: readonly string[];
  readonly purposes: readonly Purpose[];
  readonly calls: CallCounts;
};

/** `fits`: whatever happens. `fitsWhenCalm`: in the steady case, not in the worst. `cannotBeMet`: not even then. */
export type Verdict = 'fits' | 'fitsWhenCalm' | 'cannotBeMet';

export type SourcePlan = {
  readonly sourceId: string;
  readonly verdict: Verdict;
  readonly classes: readonly ClassPlan[];
  readonly calls: CallCounts;
  readonly limits: readonly LimitUse[];
  /** The limit that binds first: that with the largest share in the steady case where that is too much, else at worst. */
  readonly tightest: LimitUse | null;
  readonly shortfall: Shortfall | null;
  /** Null: as billed. */
  readonly priceUsdPerCall: number | null;
  /** Null where only the bill tells the price. */
  readonly money: MoneyRange | null;
};

export type BudgetPlan = {
  readonly month: Month;
  readonly cycleMs: number;
  /** Days with trading in the month and their open time, in ms. */
  readonly trading: Readonly<Record<AssetClass, { readonly days: number; readonly openMs: number }>>;
  readonly sources: readonly SourcePlan[];
  readonly calls: CallCounts;
  /** Of the sources whose price is known. */
  readonly money: MoneyRange;
  /** Sources that ask for money which only the bill tells. */
  readonly unpriced: readonly string[];
};

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

/** What a month on this configuration asks, uses up and costs, as ranges between stated cases. Asks nobody. */
export function planBudget(config: Config, seats: readonly PlanSeat[], month: Month): BudgetPlan {
  const hours = { stock: openHours('stock', month), crypto: openHours('crypto', month) };
  const errands = errandsOf(config, seats);
  const sources = seats
    .filter(({ options }) => options.enabled)
    .map((seat) =>
      sourcePlan(
        seat,
        errands.filter(({ sourceId }) => sourceId === seat.options.id),
        hours,
        config,
      ),
    );
  const monies = sources.flatMap(({ money }) => (money === null ? [] : [money]));
  return {
    month,
    cycleMs: config.cycleMs,
    trading: { stock: tradingOf(hours.stock), crypto: tradingOf(hours.crypto) },
    sources,
    calls: callCounts(errands, hours, config.cycleMs),
    money: {
      usdPerDay: byCase((of) => sumOf(monies, ({ usdPerDay }) => usdPerDay[of])),
      usdPerMonth: byCase((of) => sumOf(monies, ({ usdPerMonth }) => usdPerMonth[of])),
    },
    unpriced: sources.flatMap(({ sourceId, money }) => (money === null ? [sourceId] : [])),
  };
}

function tradingOf(hours: OpenHours): { days: number; openMs: number } {
  const { daysMs } = monthOnly(hours);
  return { days: daysMs.filter((openMs) => openMs > 0).length, openMs: sumOf(daysMs, (openMs) => openMs) };
}

function sourcePlan(
  { options }: PlanSeat,
  errands: readonly Errand[],
  hours: HoursByClass,
  config: Config,
): SourcePlan {
  const { cycleMs } = config;
  const limits = allowancesOf(options, errands, hours).map((limit) =>
    limitUse(limit, errands, hours, config),
  );
  const tightest = tightestOf(limits);
  const calls = callCounts(errands, hours, cycleMs);
  const { priceUsdPerCall } = options;
  return {
    sourceId: options.id,
    verdict: verdictOn(limits),
    classes: (['stock', 'crypto'] as const).flatMap((assetClass) =>
      classPlan(
        assetClass,
        errands.filter((errand) => errand.assetClass === assetClass),
        hours,
        cycleMs,
      ),
    ),
    calls,
    limits,
    tightest,
    shortfall:
      tightest === null || tightest.share.steady <= 1 ? null : shortfallAt(tightest, limits, errands, hours),
    priceUsdPerCall,
    money: priceUsdPerCall === null ? null : moneyFor(calls, priceUsdPerCall),
  };
}

function tightestOf(limits: readonly LimitUse[]): LimitUse | null {
  const excess = ({ share }: LimitUse): number => (share.steady > 1 ? share.steady : 0);
  const [tightest = null] = [...limits].sort((a, b) => excess(b) - excess(a) || b.share.most - a.share.most);
  return tightest;
}

function verdictOn(limits: readonly LimitUse[]): Verdict {
  if (limits.every(({ share }) => share.most <= 1)) return 'fits';
  return limits.every(({ share }) => share.steady <= 1) ? 'fitsWhenCalm' : 'cannotBeMet';
}

function classPlan(
  assetClass: AssetClass,
  errands: readonly Errand[],
  hours: HoursByClass,
  cycleMs: number,
): ClassPlan[] {
  if (errands.length === 0) return [];
  return [
    {
      assetClass,
      instrumentIds: symbolsOf(errands),
      purposes: [...new Set(errands.map(({ purpose }) => purpose))],
      calls: callCounts(errands, hours, cycleMs),
    },
  ];
}

function callCounts(errands: readonly Errand[], hours: HoursByClass, cycleMs: number): CallCounts {
  const mean = (spanMs: number): ByCase =>
    byCase((of) =>
      sumOf(errands, ({ cadence }) => (cadence[of].callsPerRound * spanMs) / cadence[of].everyMs),
    );
  const count = (windowMs: (hours: OpenHours) => number): ByCase =>
    byCase((of) =>
      sumOf(errands, ({ cadence, assetClass }) => {
        const inMonth = monthOnly(hours[assetClass]);
        return cadence[of].callsPerRound * roundsIn(inMonth, windowMs(inMonth), cadence[of].everyMs);
      }),
    );
  return {
    perCycle: mean(cycleMs),
    perMinute: mean(MINUTE_MS),
    perDay: count(() => DAY_MS),
    perMonth: count(monthMs),
  };
}

function moneyFor({ perDay, perMonth }: CallCounts, priceUsd: number): MoneyRange {
  return {
    usdPerDay: byCase((of) => perDay[of] * priceUsd),
    usdPerMonth: byCase((of) => perMonth[of] * priceUsd),
  };
}

function sumOf<T>(items: readonly T[], figure: (item: T) => number): number {
  return items.reduce((sum, item) => sum + figure(item), 0);
}
