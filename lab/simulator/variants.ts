import type { Flags, LimitWindow } from '../../src/index.ts';
import type { Scenario } from './scenario.ts';

export type FlagName = keyof Flags;

/** A client that knows of no limits states this one. */
const UNLIMITED: LimitWindow = { max: 1_000_000, windowMs: 1_000, counting: 'fixed' };

export function flagNames(scenario: Scenario): FlagName[] {
  return Object.keys(scenario.config.flags) as FlagName[];
}

/** The scenario with every improvement set to `on`, but for some. */
export function withFlags(
  scenario: Scenario,
  on: boolean,
  except: Partial<Record<FlagName, boolean>> = {},
): Scenario {
  const all = Object.fromEntries(flagNames(scenario).map((name) => [name, on]));
  return configured(scenario, { flags: { ...all, ...except } as Flags });
}

/** Every improvement off, and no limit known: what is kept of an answer is served for a fixed time. */
export function historic(scenario: Scenario): Scenario {
  return withoutLimits(withFlags(keeping(scenario, true), false));
}

/** Beside that nothing kept: one question per request, one source after the other, a call for every lookup. */
export function naive(scenario: Scenario): Scenario {
  return keeping(historic(scenario), false);
}

/**
 * The judge of agreement: everyone is asked afresh and at once in every slot, by a client without limits or budgets, of
 * providers without limits that answer at once. Market, seed and faults are those of the scenario.
 */
export function askingEveryone(scenario: Scenario): Scenario {
  const asking = everyoneInTime(scenario);
  return { ...asking, providers: asking.providers.map((provider) => ({ ...provider, latencyMedianMs: 0 })) };
}

/** The same of providers that take their time: what the judge alone is off by. */
export function everyoneInTime(scenario: Scenario): Scenario {
  const asking = withFlags(keeping(scenario, false), false, { parallelSources: true, batching: true });
  const providers = scenario.providers.map((provider) => ({ ...provider, unlimited: true }));
  const consensus = { ...scenario.config.consensus, mode: 'certain' as const };
  return { ...configured(withoutLimits(asking), { consensus }), providers };
}

function keeping(scenario: Scenario, enabled: boolean): Scenario {
  return configured(scenario, { cache: { ...scenario.config.cache, enabled } });
}

function withoutLimits(scenario: Scenario): Scenario {
  const sources = scenario.config.sources.map((source) => ({
    ...source,
    limits: [UNLIMITED],
    budget: null,
    concurrency: null,
  }));
  return configured(scenario, { sources });
}

/** The same world under another configuration. */
export function configured(scenario: Scenario, changes: Partial<Scenario['config']>): Scenario {
  return { ...scenario, config: { ...scenario.config, ...changes } };
}
