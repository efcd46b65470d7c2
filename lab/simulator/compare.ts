import { type Agreement, agreementOf } from './agreement.ts';
import { Audit, trackOf } from './audit.ts';
import type { DecisionTrack } from './decision-track.ts';
import type { Difference } from './differences.ts';
import { type HourFigures, Hourly } from './hourly.ts';
import type { SimulationReport } from './report.ts';
import type { Scenario } from './scenario.ts';
import { type SimulateOptions, simulate } from './simulate.ts';
import { historic, naive } from './variants.ts';

/** One client in the scenario's world, and how often it decides what asking everyone afresh would decide. */
export type Variant = {
  readonly name: string;
  readonly report: SimulationReport;
  readonly agreement: Agreement;
  readonly hours: readonly HourFigures[];
};

export type Comparison = {
  readonly naive: Variant;
  readonly historic: Variant;
  readonly sextant: Variant;
  /** Why Sextant differs where it does, most frequent first. */
  readonly causes: readonly Difference[];
};

export type CompareOptions = Pick<SimulateOptions, 'stop'> & {
  /** Of the hours, the share 0..1 in which everyone is asked afresh for comparison. */
  readonly auditShare: number;
  readonly onProgress?: (what: string, done: number, total: number) => void;
};

/** Runs the scenario as it stands, beside the judge of agreement, and then under the two baselines. */
export async function compare(scenario: Scenario, options: CompareOptions): Promise<Comparison> {
  const { audit, ...sextant } = await audited('sextant', scenario, options);
  const first = await judged('naive', naive(scenario), audit.fresh, options);
  const second = await judged('historic', historic(scenario), audit.fresh, options);
  return { sextant, naive: first, historic: second, causes: audit.causes };
}

/** A run beside its own judge. */
export async function audited(
  name: string,
  scenario: Scenario,
  options: CompareOptions,
): Promise<Variant & { readonly audit: Audit }> {
  const audit = await Audit.of(scenario, options.auditShare);
  const hourly = new Hourly(scenario.config.cycleMs);
  const report = await simulate(scenario, { ...shown(name, options), observers: [audit, hourly] });
  return { name, report, agreement: audit.agreement, hours: hourly.hours, audit };
}

/** A run held against what the judge said beside another one in the same world. */
export async function judged(
  name: string,
  scenario: Scenario,
  fresh: DecisionTrack,
  options: CompareOptions,
): Promise<Variant & { readonly track: DecisionTrack }> {
  const track = trackOf(scenario);
  const hourly = new Hourly(scenario.config.cycleMs);
  const report = await simulate(scenario, { ...shown(name, options), observers: [track, hourly] });
  return { name, report, agreement: agreementOf(track, fresh), hours: hourly.hours, track };
}

function shown(name: string, { stop, onProgress }: CompareOptions): SimulateOptions {
  return {
    ...(stop === undefined ? {} : { stop }),
    ...(onProgress === undefined
      ? {}
      : { onProgress: (done: number, total: number) => onProgress(name, done, total) }),
  };
}
