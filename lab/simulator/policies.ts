import { audited, type CompareOptions, judged, type Variant } from './compare.ts';
import type { DecisionTrack } from './decision-track.ts';
import type { Scenario } from './scenario.ts';
import { configured } from './variants.ts';

type Policy = Scenario['config']['consensus']['policy'];
type Mode = Scenario['config']['consensus']['mode'];

/** The scenario under one order of asking and one rule of when a vote is decided. */
export type PolicyRun = Variant & { readonly policy: Policy; readonly mode: Mode };

export const POLICIES: readonly Policy[] = ['fast', 'balanced', 'frugal'];
export const MODES: readonly Mode[] = ['certain'];

/** Every policy in every mode, in one world and before one judge. */
export async function comparePolicies(scenario: Scenario, options: CompareOptions): Promise<PolicyRun[]> {
  const pairs = MODES.flatMap((mode) => POLICIES.map((policy) => ({ mode, policy })));
  const rows: PolicyRun[] = [];
  let fresh: DecisionTrack | null = null;
  for (const [index, { mode, policy }] of pairs.entries()) {
    if (options.stop?.aborted === true) break;
    const name = `${policy}, ${mode}`;
    const variant = configured(scenario, { consensus: { ...scenario.config.consensus, policy, mode } });
    const told: CompareOptions = {
      ...options,
      onProgress: (what, done, total) =>
        options.onProgress?.(what, index * total + done, pairs.length * total),
    };
    if (fresh === null) {
      const { audit, ...run } = await audited(name, variant, told);
      fresh = audit.fresh;
      rows.push({ ...run, policy, mode });
    } else {
      const { track: _, ...run } = await judged(name, variant, fresh, told);
      rows.push({ ...run, policy, mode });
    }
  }
  return rows;
}
