import type { ConfigBody } from '../core/ledger.ts';
import type { DataLabel } from '../core/live.ts';
import { type Config, OUTCOME_DEFAULTS } from '../core/options.ts';
import { flagsFor } from '../core/rollout.ts';

/** What statistics need of a configuration on record, which is what an older or newer Sextant wrote: each part may be missing. */
export type RecordedConfig = {
  /** Null where one version was recorded for several kinds of prices: nobody can tell which one a signal saw. */
  readonly label: DataLabel | null;
  readonly outcomesMin: number;
  /** Names of the flags with whether they were on for a symbol. */
  flags(instrumentId: string): Readonly<Record<string, boolean>>;
};

/** By version. */
export function recordedConfigs(bodies: readonly ConfigBody[]): ReadonlyMap<string, RecordedConfig> {
  const configs = new Map<string, RecordedConfig>();
  for (const body of bodies) {
    const read = readConfig(body);
    const known = configs.get(body.version);
    const isDisputed = known !== undefined && known.label?.kind !== read.label?.kind;
    configs.set(body.version, isDisputed ? { ...read, label: null } : read);
  }
  return configs;
}

function readConfig({ label, config }: ConfigBody): RecordedConfig {
  const { flags, rollout, outcomes } = (config ?? {}) as Partial<Config>;
  return {
    label,
    outcomesMin: outcomes?.outcomesMin ?? OUTCOME_DEFAULTS.outcomesMin,
    flags: (instrumentId) =>
      flags === undefined
        ? {}
        : flagsFor({ flags, ...(rollout === undefined ? {} : { rollout }) }, instrumentId),
  };
}
