import type { AbstainReason, DecisionKind } from '../../src/index.ts';
import type { ProviderCount } from '../emulators/core/provider-count.ts';
import { DAY_MS } from '../market/market.ts';
import type { RunCounts } from './run-counts.ts';
import type { Lookups } from './savings.ts';
import type { Scenario } from './scenario.ts';
import type { Violation, Watchman } from './watchman.ts';

type BySource<T> = Readonly<Record<string, T>>;

/** What a run came to. Names are stable; what was not measured is not in it. Calls and money are the providers' counts. */
export type SimulationReport = {
  readonly scenario: string;
  readonly seed: string;
  /** Simulated: fewer than the scenario asks for where the run was stopped. */
  readonly days: number;
  readonly cycles: number;
  readonly decisions: {
    readonly due: number;
    readonly made: number;
    readonly abstained: number;
    /** Standing at the end of each slot, as the following shares. */
    readonly byKind: Readonly<Record<DecisionKind, number>>;
    readonly abstainedBy: Readonly<Partial<Record<AbstainReason, number>>>;
  };
  readonly signals: number;
  readonly calls: { readonly total: number; readonly perCycle: number; readonly bySource: BySource<number> };
  readonly costUsd: { readonly total: number; readonly bySource: BySource<number> };
  readonly provider: {
    readonly requests: number;
    readonly overLimit: number;
    /** Answers that refuse, planned faults included, by what they say. */
    readonly refusals: BySource<Readonly<Record<string, number>>>;
  };
  /** Instruments asked for in requests that were admitted: a batch counts each. */
  readonly questions: number;
  /** By source and reason: how often a source was left out when a symbol was weighed. */
  readonly leftOut: BySource<Readonly<Record<string, number>>>;
  /** From the slot to the record, in virtual time: waiting for providers counts, computing takes none. */
  readonly cycleMs: {
    readonly p50: number | null;
    readonly p99: number | null;
    /** Times with the number of cycles that took them, shortest first. */
    readonly counts: readonly (readonly [tookMs: number, count: number])[];
  };
  /** On the slowest chain of answers that a cycle waited for. */
  readonly slowestNeededMs: { readonly p50: number | null; readonly p99: number | null };
  /** From the end of an outage to the first good answer; null where none ended. */
  readonly recoveryMs: { readonly p50: number; readonly p99: number; readonly max: number } | null;
  readonly cache: {
    /**
     * Of the lookups, each of which costs the naive client a call, the share that cost none: 1 - calls / lookups, at least
     * 0. All calls count, those for prices too. Null without lookups.
     */
    readonly hitRate: number | null;
    readonly lookups: Lookups;
  };
  /** At index n: new votes that had to ask n sources. */
  readonly votesByAsked: readonly number[];
  /** Decisions made, of those due. */
  readonly availability: number;
  /** Decisions missing or late, of those due. */
  readonly errorRate: number;
  readonly eventLogSha256: string;
  readonly violationCount: number;
  /** The first hundred. */
  readonly violations: readonly Violation[];
};

export type RunParts = {
  readonly scenario: Scenario;
  readonly counts: RunCounts;
  readonly watchman: Watchman;
  /** The providers' own counts, by id. */
  readonly providers: BySource<ProviderCount>;
};

export function reportOf({ scenario, counts, watchman, providers }: RunParts): SimulationReport {
  const { symbols, cycleMs } = scenario.config;
  const { figures, criticalPaths, recovery, savings, log } = counts;
  const { slots, cycles, made, late, byKind, abstainedBy, leftOut, signals } = figures;
  const due = slots * symbols.length;
  const requests = sum(Object.values(providers).map((count) => count.requests));
  return {
    scenario: scenario.title,
    seed: scenario.seed,
    days: (slots * cycleMs) / DAY_MS,
    cycles,
    decisions: { due, made, abstained: byKind.ABSTAIN, byKind, abstainedBy },
    signals,
    calls: {
      total: requests,
      perCycle: cycles === 0 ? 0 : requests / cycles,
      bySource: ofEach(providers, (count) => count.requests),
    },
    costUsd: {
      total: sum(Object.values(providers).map(({ billedUsd }) => billedUsd)),
      bySource: ofEach(providers, ({ billedUsd }) => billedUsd),
    },
    provider: {
      requests,
      overLimit: sum(Object.values(providers).map(({ overLimit }) => overLimit)),
      refusals: ofEach(providers, ({ refusals }) => withoutZeros(refusals)),
    },
    questions: sum(Object.values(providers).map(({ questions }) => questions)),
    leftOut,
    cycleMs: {
      p50: figures.tookMs.at(0.5),
      p99: figures.tookMs.at(0.99),
      counts: figures.tookMs.entries(),
    },
    slowestNeededMs: { p50: criticalPaths.slowestMs.at(0.5), p99: criticalPaths.slowestMs.at(0.99) },
    recoveryMs: recovery.waitedMs,
    cache: { hitRate: hitRate(savings.lookups.total, requests), lookups: savings.lookups },
    votesByAsked: savings.votesByAsked,
    availability: due === 0 ? 1 : made / due,
    errorRate: due === 0 ? 0 : (due - made + late) / due,
    eventLogSha256: log.digest(),
    violationCount: watchman.violationCount,
    violations: watchman.violations,
  };
}

function hitRate(lookups: number, requests: number): number | null {
  return lookups === 0 ? null : Math.max(0, 1 - requests / lookups);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function ofEach<T>(counts: BySource<ProviderCount>, of: (count: ProviderCount) => T): Record<string, T> {
  return Object.fromEntries(Object.entries(counts).map(([id, count]) => [id, of(count)]));
}

function withoutZeros(figures: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(figures).filter(([, value]) => value > 0));
}
