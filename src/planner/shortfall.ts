import { BAR_LAG_MS, REFRESH_GRACE_MS } from '../core/options.ts';
import { type HoursByClass, type LimitUse, unitsIn, unitsOf } from './allowance.ts';
import { type Errand, symbolsOf } from './errands.ts';
import { openMsIn } from './open-hours.ts';

/** What a source can give of a wish list that is too long for its tightest limit. */
export type Shortfall = {
  /** What degrades first. Prices only where they alone are too many: their deadline is the earlier one. */
  readonly degrades: 'opinions' | 'prices';
  /** How many symbols share the limit. */
  readonly symbols: number;
  /** Units of the limit that are left for them: allowed - what cannot wait. */
  readonly unitsLeft: number;
  /** One look at each symbol in so much trading time. */
  readonly lookEveryMs: number;
  /** The shortest `ttlMs`, in whole minutes between looks, with which the steady case fits all limits; null: none does. */
  readonly ttlMsThatFits: number | null;
};

const MINUTE_MS = 60_000;
/** Longest TTL that a configuration may state. */
const TTL_MINUTES_MAX = 31 * 1_440 - 1;

/**
 * Opinions wait for what prices and their bars leave over:
 * look every = sum over the opinions of (units per round x open time in the window) / units left.
 * Where prices alone are too many they come later, all in proportion: look every = cycle x units needed / units allowed.
 */
export function shortfallAt(
  limit: LimitUse,
  limits: readonly LimitUse[],
  errands: readonly Errand[],
  hours: HoursByClass,
): Shortfall {
  const { judgedOverMs, allowed } = limit;
  const asked = errands.filter(({ cadence }) => unitsOf(limit, cadence.steady) > 0);
  const patient = asked.filter(({ isStretchable }) => isStretchable);
  const urgent = asked.filter(({ isStretchable }) => !isStretchable);
  const urgentUnits = unitsIn(limit, urgent, 'steady', hours);
  if (patient.length === 0 || urgentUnits >= allowed) {
    const everyMs = Math.min(...urgent.map(({ cadence }) => cadence.steady.everyMs));
    return {
      degrades: 'prices',
      symbols: symbolsOf(urgent).length,
      unitsLeft: allowed,
      lookEveryMs: (everyMs * urgentUnits) / allowed,
      ttlMsThatFits: null,
    };
  }
  const unitsLeft = allowed - urgentUnits;
  const openUnits = patient.reduce(
    (sum, { cadence, assetClass }) =>
      sum + unitsOf(limit, cadence.steady) * openMsIn(hours[assetClass], judgedOverMs),
    0,
  );
  return {
    degrades: 'opinions',
    symbols: symbolsOf(patient).length,
    unitsLeft,
    lookEveryMs: openUnits / unitsLeft,
    ttlMsThatFits: ttlMsThatFits(limits, patient, urgent, hours),
  };
}

/**
 * The smallest number of minutes m for which, with a round every m minutes, urgent + patient units stay within every
 * limit. Whole rounds only: 25 calls for 4 symbols are 6 rounds a day, so 390 minutes of session make it 65. The TTL of
 * bars is longer by the grace in which they are renewed.
 */
function ttlMsThatFits(
  limits: readonly LimitUse[],
  patient: readonly Errand[],
  urgent: readonly Errand[],
  hours: HoursByClass,
): number | null {
  const fits = (minutes: number): boolean => {
    const slowed = patient.map((errand) => slowedTo(errand, minutes * MINUTE_MS));
    return limits.every((limit) => unitsIn(limit, [...urgent, ...slowed], 'steady', hours) <= limit.allowed);
  };
  let tooFew = 0;
  let enough = TTL_MINUTES_MAX;
  if (!fits(enough)) return null;
  while (enough - tooFew > 1) {
    const middle = (tooFew + enough) >> 1;
    if (fits(middle)) enough = middle;
    else tooFew = middle;
  }
  return (
    enough * MINUTE_MS + (patient.some(({ kind }) => kind === 'bars') ? REFRESH_GRACE_MS + BAR_LAG_MS : 0)
  );
}

function slowedTo(errand: Errand, everyMs: number): Errand {
  const steady = { ...errand.cadence.steady, everyMs };
  return { ...errand, cadence: { ...errand.cadence, steady } };
}
