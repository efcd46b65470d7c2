import { DAYS_MIN, type Mean, type NotEnough, type Rate } from '../core/track-record.ts';
import { wilson95 } from '../core/wilson.ts';
import { type DayColumns, type DaySummary, DayTable } from './day-table.ts';
import { studentT95, Z_95 } from './student-t.ts';

export function notEnough(outcomes: number, outcomesMin: number): NotEnough {
  return {
    kind: 'notEnough',
    outcomes,
    outcomesMin,
    says: `not enough outcomes (${outcomes} of ${outcomesMin})`,
  };
}

/**
 * Wilson's interval over as many independent outcomes as tell as much as these days do: n over the design effect (Kish 1965),
 * lowered for few days as by Korn and Graubard (1998, Survey Methodology 24); how well that covers: Franco, Little, Louis and
 * Slud (2019, Journal of Survey Statistics and Methodology 7). Where all or none were, days show no spread, and each counts as one.
 */
export function rateOf(summary: DaySummary, outcomesMin: number): Rate {
  const { outcomes, days, daysEffective, mean: rate, variance, dayVariance } = summary;
  if (outcomes === 0 || outcomes < outcomesMin) return notEnough(outcomes, outcomesMin);
  const head = { kind: 'measured', outcomes, rate, days } as const;
  const none = noInterval(summary);
  if (none !== null) return { ...head, ...none };
  const outcomesEffective = rate === 0 || rate === 1 ? days : outcomes * Math.min(1, variance / dayVariance);
  const size = outcomesEffective * (Z_95 / studentT95(daysEffective - 1)) ** 2;
  return { ...head, outcomesEffective, ci95: wilson95(rate, size), says: null };
}

/**
 * Mean ± t x the cluster-robust standard error, a day being a cluster (Cameron and Miller 2015, "A practitioner's guide to
 * cluster-robust inference", Journal of Human Resources 50); never less than that of independent outcomes. The t is that of as
 * many days of one size as tell as much (Carter, Schnepel and Steigerwald 2017, Review of Economics and Statistics 99).
 */
export function meanOf(summary: DaySummary, outcomesMin: number): Mean {
  const { outcomes, days, daysEffective, mean, variance, dayVariance } = summary;
  // Two are the least of which a spread is known.
  const asked = Math.max(outcomesMin, 2);
  if (outcomes < asked) return notEnough(outcomes, asked);
  const head = { kind: 'measured', outcomes, mean, days } as const;
  const none = noInterval(summary);
  if (none !== null) return { ...head, ...none };
  const larger = Math.max(variance, dayVariance);
  const half = studentT95(daysEffective - 1) * Math.sqrt(larger);
  // What is always the same has no spread but that of its last digits.
  const isConstant = variance <= 1e-15 * mean ** 2;
  const outcomesEffective = isConstant ? outcomes : (outcomes * variance) / larger;
  return { ...head, outcomesEffective, ci95: [mean - half, mean + half], says: null };
}

/** Student's t is of no use below that. */
const DAYS_EFFECTIVE_MIN = 5;

function noInterval({ days, daysEffective }: DaySummary) {
  const none = { outcomesEffective: null, ci95: null } as const;
  if (days < DAYS_MIN)
    return { ...none, says: `no interval over ${days === 1 ? '1 day' : `${days} days`}, of ${DAYS_MIN}` };
  return daysEffective < DAYS_EFFECTIVE_MIN
    ? { ...none, says: `no interval: most of the outcomes are of few of the ${days} days` }
    : null;
}

const IS_TRUE: DayColumns = [0, 1, 1];

/** Counts what is true of outcomes. */
export class RateTally {
  readonly #days = new DayTable(2);

  /** `atMs`: when the outcome was recorded (Unix ms). */
  add(atMs: number, isTrue: boolean): void {
    this.#days.turnTo(atMs);
    this.#days.add(0, 1);
    if (isTrue) this.#days.add(1, 1);
  }

  rate(outcomesMin: number): Rate {
    return rateOf(this.#days.summary(IS_TRUE), outcomesMin);
  }
}

const VALUES: DayColumns = [0, 1, 2];

export class MeanTally {
  readonly #days = new DayTable(3);

  /** `atMs`: when the outcome was recorded (Unix ms). */
  add(atMs: number, value: number): void {
    this.#days.turnTo(atMs);
    this.#days.add(0, 1);
    this.#days.add(1, value);
    this.#days.add(2, value * value);
  }

  mean(outcomesMin: number): Mean {
    return meanOf(this.#days.summary(VALUES), outcomesMin);
  }
}
