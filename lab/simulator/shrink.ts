import { DAY_MS } from '../market/market.ts';
import { ddmin } from './ddmin.ts';
import { faultPlanOf, withFaultPlan } from './fault-plan.ts';
import type { Scenario } from './scenario.ts';
import { simulate } from './simulate.ts';
import type { Violation } from './watchman.ts';

export type Shrunk = {
  /** As long as it takes to see the violation, with the faults that it takes. */
  readonly scenario: Scenario;
  readonly faults: { readonly before: number; readonly after: number };
  readonly runs: number;
};

/** A simulation takes seconds: the search ends here, with what it has found. */
const RUNS_MAX = 200;

/**
 * The least that goes wrong in a scenario so that the same is violated, found by running it again and again. `violation`
 * is the first of a run of `scenario`.
 */
export async function shrinkScenario(scenario: Scenario, violation: Violation): Promise<Shrunk> {
  let runs = 0;
  const shortened = { ...scenario, days: daysUntil(scenario, violation) };
  const isViolatedIn = async (candidate: Scenario): Promise<boolean> => {
    runs += 1;
    const { violations } = await simulate(candidate);
    return violations.some(({ invariant }) => invariant === violation.invariant);
  };
  // What is found only at the end, such as a broken chain, needs every day there was.
  const base = (await isViolatedIn(shortened)) ? shortened : scenario;
  const plan = faultPlanOf(base);
  const needed = await ddmin(plan, (some) => isViolatedIn(withFaultPlan(base, some)), RUNS_MAX);
  return {
    scenario: withFaultPlan(base, needed),
    faults: { before: plan.length, after: needed.length },
    runs,
  };
}

function daysUntil({ startAtMs, config, days }: Scenario, { slotAtMs }: Violation): number {
  const slots = Math.floor((slotAtMs - startAtMs) / config.cycleMs) + 2;
  return Math.min(days, (slots * config.cycleMs) / DAY_MS);
}
