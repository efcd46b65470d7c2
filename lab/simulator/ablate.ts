import { changedShare } from './agreement.ts';
import { audited, type CompareOptions, judged, type Variant } from './compare.ts';
import type { Scenario } from './scenario.ts';
import { type FlagName, flagNames, withFlags } from './variants.ts';

/** What the engine is worth with one improvement taken away, or with that one alone. */
export type Ablation = Variant & {
  /** `on` and `off` are the two ends. */
  readonly set: 'on' | 'off' | 'on but for' | 'off but for';
  readonly flag: FlagName | null;
  /** Of all decisions, the share that differs from the one with all improvements on. */
  readonly changedShare: number | null;
};

/** Every improvement has its two runs: all on minus one, all off plus one; and the two ends. */
export async function ablate(scenario: Scenario, options: CompareOptions): Promise<Ablation[]> {
  const steps = ablationSteps(scenario);
  const told = (index: number): CompareOptions => ({
    ...options,
    onProgress: (what, done, total) => options.onProgress?.(what, index * total + done, steps.length * total),
  });
  const { audit, ...whole } = await audited('all on', withFlags(scenario, true), told(0));
  const rows: Ablation[] = [{ ...whole, set: 'on', flag: null, changedShare: 0 }];
  for (const [index, { name, set, flag, variant }] of steps.entries()) {
    if (index === 0 || options.stop?.aborted === true) continue;
    const { track, ...run } = await judged(name, variant, audit.fresh, told(index));
    rows.push({ ...run, set, flag, changedShare: changedShare(track, audit.ours) });
  }
  return rows;
}

/** The runs of {@link ablate}, in order. */
export function ablationSteps(scenario: Scenario) {
  const flags = flagNames(scenario);
  const end = (on: boolean) => ({
    name: on ? 'all on' : 'all off',
    set: on ? ('on' as const) : ('off' as const),
    flag: null,
    variant: withFlags(scenario, on),
  });
  return [
    end(true),
    ...flags.map((flag) => ({
      name: `all on but ${flag}`,
      set: 'on but for' as const,
      flag,
      variant: withFlags(scenario, true, { [flag]: false }),
    })),
    end(false),
    ...flags.map((flag) => ({
      name: `only ${flag}`,
      set: 'off but for' as const,
      flag,
      variant: withFlags(scenario, false, { [flag]: true }),
    })),
  ];
}
