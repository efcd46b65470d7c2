import { audited, type CompareOptions, judged, type Variant } from './compare.ts';
import type { DecisionTrack } from './decision-track.ts';
import type { Scenario } from './scenario.ts';
import { configured, everyoneInTime } from './variants.ts';

type Consensus = Scenario['config']['consensus'];

/** The scenario under one order of asking, one rule of when a vote is decided, and one age of opinions. */
export type PolicyRun = Variant & Pick<PolicyStep, 'policy' | 'mode' | 'modelTtlMs'>;

export type PolicyStep = {
  readonly name: string;
  readonly policy: Consensus['policy'];
  readonly mode: Consensus['mode'];
  /** How long an opinion of a model counts, in ms; null: as the scenario has it. */
  readonly modelTtlMs: number | null;
  readonly variant: Scenario;
};

const POLICIES: readonly Consensus['policy'][] = ['fast', 'balanced', 'frugal'];
const MODES: readonly Consensus['mode'][] = ['certain', 'calibrated'];
/** What fresher opinions of the paid sources cost, and what they are worth. */
const MODEL_TTLS_MS = [120_000, 60_000, 30_000, 15_000, 5_000];

/**
 * Every policy in every mode; the scenario's own with nothing renewed for being near a threshold, and with younger and
 * younger opinions of models; and everyone asked in every look, which is what the judge itself is off by.
 */
export function policySteps(scenario: Scenario): PolicyStep[] {
  const { consensus, sources } = scenario.config;
  const orders = MODES.flatMap((mode) =>
    POLICIES.map((policy) => ({
      name: `${policy}, ${mode}`,
      policy,
      mode,
      modelTtlMs: null,
      variant: configured(scenario, { consensus: { ...consensus, policy, mode } }),
    })),
  );
  const ages = MODEL_TTLS_MS.map((ttlMs) => ({
    name: `${consensus.policy}, ${consensus.mode}, models for ${ttlMs / 1_000} s`,
    policy: consensus.policy,
    mode: consensus.mode,
    modelTtlMs: ttlMs,
    variant: configured(scenario, {
      sources: sources.map((source) => (source.analyst === 'model' ? { ...source, ttlMs } : source)),
    }),
  }));
  const own = { policy: consensus.policy, mode: consensus.mode, modelTtlMs: null };
  const notNear = configured(scenario, {
    sources: sources.map((source) => ({ ...source, nearTtlMs: null })),
  });
  return [
    ...orders,
    { ...own, name: `${own.policy}, ${own.mode}, nothing renewed near a threshold`, variant: notNear },
    ...ages,
    { ...own, name: 'everyone in every look, without limits', variant: everyoneInTime(scenario) },
  ];
}

/** All {@link policySteps} in one world and before one judge. */
export async function comparePolicies(scenario: Scenario, options: CompareOptions): Promise<PolicyRun[]> {
  const steps = policySteps(scenario);
  const runs: PolicyRun[] = [];
  let fresh: DecisionTrack | null = null;
  for (const [index, { name, variant, ...step }] of steps.entries()) {
    if (options.stop?.aborted === true) break;
    const told: CompareOptions = {
      ...options,
      onProgress: (_, done, total) =>
        options.onProgress?.('policies', index * total + done, steps.length * total),
    };
    if (fresh === null) {
      const { audit, ...run } = await audited(name, variant, told);
      fresh = audit.fresh;
      runs.push({ ...run, ...step });
    } else {
      runs.push({ ...(await judged(name, variant, fresh, told)), ...step });
    }
  }
  return runs;
}
